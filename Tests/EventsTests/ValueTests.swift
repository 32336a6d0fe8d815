import Events
import Seeds
import Testing

@Suite("Times")
struct TimestampTests {
    @Test(
        "RFC 3339 in UTC with microseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (1_795_486_093_123_456, "2026-11-24T02:08:13.123456Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
            (-62_167_219_200_000_000, "0000-01-01T00:00:00.000000Z"),
        ])
    func written(_ microseconds: Int, _ text: String) {
        #expect(Timestamp(microseconds: microseconds).description == text)
        #expect(Timestamp(text)?.microseconds == microseconds)
    }

    @Test("Fewer digits of fraction, or none")
    func fractions() {
        #expect(Timestamp("1970-01-01T00:00:01Z")?.microseconds == 1_000_000)
        #expect(Timestamp("1970-01-01T00:00:01.5Z")?.microseconds == 1_500_000)
    }

    @Test(
        "What is no time in UTC is none",
        arguments: [
            "", "Z", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01T00:00:00+01:00", "1970-13-01T00:00:00Z",
            "1970-02-30T00:00:00Z", "2100-02-29T00:00:00Z", "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z",
            "1970-01-01T00:00:60Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00.1234567Z", "1970/01/01T00:00:00Z",
            "1970-01-01 00:00:00Z", "1970-01-01T00:00:00.-12Z", "é970-01-01T00:00:00Z",
        ])
    func refused(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("Every moment comes back, and the ends of Int do not trap")
    func roundTrip() {
        var random = Random(seed: 3)
        for _ in 0..<2000 {
            let time = Timestamp(microseconds: random.int() - random.int())
            let clamped = min(max(time.microseconds, -62_167_219_200_000_000), 253_402_300_799_999_999)
            #expect(Timestamp(time.description)?.microseconds == clamped)
        }
        #expect(Timestamp(microseconds: .min).description == "0000-01-01T00:00:00.000000Z")
        #expect(Timestamp(microseconds: .max).description == "9999-12-31T23:59:59.999999Z")
    }
}

@Suite("Lock paths")
struct LockPathTests {
    static let segments16 = String(repeating: "/s", count: 16)
    static let bytes255 = "/" + String(repeating: "a", count: 254)

    @Test(
        "Paths",
        arguments: [
            "/", "/a", "/app/blog", "/A-Z_0.9@x:y", "/...", "/.hidden", "/a/..b", segments16, bytes255,
        ])
    func paths(_ text: String) {
        #expect(LockPath(text)?.text == text)
    }

    @Test(
        "What is no path",
        arguments: [
            "", "a", "a/b", "//", "/a/", "/a//b", "/.", "/..", "/a/./b", "/a/../b", "/a b", "/ä", "/a\n", "/a*", "/a,b",
            "/a\u{0}", " /a", segments16 + "/s", bytes255 + "a",
        ])
    func refused(_ text: String) {
        #expect(LockPath(text) == nil)
    }

    @Test("A path covers itself and all below it, segment by segment")
    func covers() throws {
        func covers(_ one: String, _ other: String) throws -> Bool {
            try #require(LockPath(one)).covers(try #require(LockPath(other)))
        }
        #expect(try covers("/", "/a") && covers("/", "/") && covers("/a", "/a") && covers("/a", "/a/b/c"))
        #expect(try !covers("/a", "/") && !covers("/a", "/ab") && !covers("/a/b", "/a") && !covers("/ab", "/a/b"))
    }

    @Test("Segments from the top")
    func segments() {
        #expect(Array(LockPath.root.segments).isEmpty)
        #expect(LockPath("/a/b").map { Array($0.segments) } == ["a", "b"])
    }
}
