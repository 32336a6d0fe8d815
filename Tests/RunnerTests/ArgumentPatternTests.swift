import Runner
import Testing

@Suite("A pattern")
struct ArgumentPatternTests {
    @Test(
        "matches the whole value",
        arguments: [
            ("[a-z]+", ["a", "abc"], ["", "A", "abc1", " abc", "abc\n"]),
            ("", [""], ["a"]),
            ("a|bc|", ["a", "bc", ""], ["ab", "abc", "b"]),
            ("(ab)*c", ["c", "abc", "ababc"], ["ab", "abac"]),
            ("(?:x|y){2,3}", ["xy", "yyx"], ["x", "xyxy"]),
            ("a{2}", ["aa"], ["a", "aaa"]),
            ("a{2,}b?", ["aa", "aaaab"], ["a", "ab"]),
            ("\\d{1,3}(\\.\\d{1,3}){3}", ["10.0.0.1"], ["10.0.0", "1000.0.0.1", "10.0.0.1."]),
            ("[^/]+", ["a b", "ä"], ["a/b", ""]),
            ("[]a]+", ["]a"], ["[", ""]),
            ("[a\\]-]+", ["a]-"], ["b"]),
            (".+@[\\w.-]+", ["a@b.c"], ["@b", "a@", "a@b c"]),
            ("\\w\\s\\W", ["a !"], ["a!a"]),
            ("über.", ["überx", "über🦊"], ["uber"]),
            ("(a*)*b", ["b", "aab"], ["a"]),
            ("((a|b)*)?", ["", "abba"], ["c"]),
        ] as [(String, [String], [String])])
    func matching(text: String, good: [String], bad: [String]) throws {
        let pattern = try ArgumentPattern(text)
        for value in good { #expect(pattern.matches(value), "\(text) must match '\(value)'") }
        for value in bad { #expect(!pattern.matches(value), "\(text) must not match '\(value)'") }
    }

    @Test(
        "is refused with the place of its mistake",
        arguments: [
            ("[a", "']' is missing (at character 3 of the pattern)"),
            ("(a", "')' is missing (at character 3 of the pattern)"),
            ("a)", "')' without '(' (at character 2 of the pattern)"),
            ("*a", "'*' repeats nothing; write \\* for the character (at character 1 of the pattern)"),
            ("a**", "'*' repeats a repetition; put it in a group (at character 3 of the pattern)"),
            ("a+?", "'?' repeats a repetition; put it in a group (at character 3 of the pattern)"),
            ("^a", "'^' is not needed: a pattern always matches the whole value (at character 1 of the pattern)"),
            ("a$", "'$' is not needed: a pattern always matches the whole value (at character 2 of the pattern)"),
            ("a{2", "write {m}, {m,} or {m,n} (at character 4 of the pattern)"),
            ("a{x}", "a number is missing in {…} (at character 3 of the pattern)"),
            ("a{3,2}", "{3,2}: the second number is the smaller one (at character 6 of the pattern)"),
            ("[z-a]", "'z-a' is no range of characters (at character 3 of the pattern)"),
            ("\\", "'\\' at the end (at character 2 of the pattern)"),
            ("\\b", "'\\b' is not known (at character 3 of the pattern)"),
            ("(?=a)", "groups are (…) or (?:…) (at character 3 of the pattern)"),
        ])
    func mistakes(text: String, message: String) {
        do throws(PatternProblem) {
            _ = try ArgumentPattern(text)
            Issue.record("\(text) must be refused")
        } catch {
            #expect(error.description == message)
        }
    }

    @Test("that would explode is refused when it is read", arguments: ["(((a{99}){99}){99}){99}", "a{999999}"])
    func tooLarge(text: String) {
        #expect(throws: PatternProblem.self) { try ArgumentPattern(text) }
    }

    @Test("that would repeat nothing for ever is read at once")
    func emptyRepetitions() throws {
        #expect(try ArgumentPattern("((((){99999}){99999}){99999})*").matches(""))
    }

    @Test("that makes others explode takes time in proportion to the value", .timeLimit(.minutes(1)))
    func linear() throws {
        let value = String(repeating: "a", count: 4095) + "!"
        for text in ["(a+)+", "(a|a)*", "(a*)*b", "(.*a){20}"] {
            #expect(!(try ArgumentPattern(text).matches(value)))
        }
    }
}

@Suite("Numbers as people write them")
struct WrittenNumberTests {
    @Test(
        "durations",
        arguments: [
            ("250ms", 250), ("30s", 30_000), ("5m", 300_000), ("2h", 7_200_000), ("30d", 2_592_000_000), ("0s", 0),
        ])
    func durations(text: String, milliseconds: Int) {
        #expect(Duration(written: text)?.wholeMilliseconds == milliseconds)
    }

    @Test(
        "no durations",
        arguments: ["", "5", "s", "-1s", "1.5s", "5 s", "5M", "1h30m", "99999999999999999999s", "5000000d"])
    func noDurations(text: String) {
        #expect(Duration(written: text) == nil)
    }

    @Test("sizes", arguments: [("4096", 4096), ("64K", 65_536), ("512M", 512 << 20), ("2G", 2 << 30), ("1T", 1 << 40)])
    func sizes(text: String, bytes: Int) {
        #expect(ByteSize(written: text)?.bytes == bytes)
    }

    @Test("no sizes", arguments: ["", "M", "-1M", "1.5G", "5 M", "5X", "5MB", "99999999999999T"])
    func noSizes(text: String) {
        #expect(ByteSize(written: text) == nil)
    }

    @Test("schedules")
    func schedules() throws {
        #expect(Schedule("@start")?.kind == .start)
        let fields = try #require(CronFields("*/15 3,5 1-10/3 * 7"))
        #expect(fields.minutes == [0, 15, 30, 45])
        #expect(fields.hours == [3, 5])
        #expect(fields.days == [1, 4, 7, 10])
        #expect(fields.months == Set(1...12))
        #expect(fields.weekdays == [0])
        #expect(try #require(CronFields("5/20 * * * *")).minutes == [5, 25, 45])
        #expect(CronFields("0 3 * * *")?.days == nil)
    }

    @Test(
        "no schedules",
        arguments: [
            "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "*/0 * * * *", "5-3 * * * *",
            "a * * * *", "1, * * * *", "@daily",
        ])
    func noSchedules(text: String) {
        #expect(Schedule(text) == nil)
    }
}
