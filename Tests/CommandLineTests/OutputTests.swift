import Events
import Logging
import Projections
import System
import Testing

@testable import interlock

@Suite("A table")
struct TableTests {
    static var table: Table {
        var table = Table([.init("PATH"), .init("TOKEN", .right), .init("REASON")])
        table.add(["/app/blog", "7", "a long reason that does not fit"])
        table.add(["/", "1234", "short"])
        return table
    }

    @Test("aligns its columns and leaves nothing at the ends of lines")
    func aligned() {
        #expect(
            Self.table.text(width: nil, style: .plain) == """
                PATH       TOKEN  REASON
                /app/blog      7  a long reason that does not fit
                /           1234  short

                """)
    }

    @Test("cuts the longest cells to the terminal's width")
    func cut() {
        #expect(
            Self.table.text(width: 30, style: .plain) == """
                PATH       TOKEN  REASON
                /app/blog      7  a long reas…
                /           1234  short

                """)
    }

    @Test("lets no cell start a line or colour the terminal")
    func hostileCells() {
        var table = Table([.init("A"), .init("B")])
        table.add(["x\ny\u{1B}[31m", "z"])
        #expect(table.text(width: nil, style: .plain) == "A         B\nx y [31m  z\n")
    }

    @Test("is coloured on a terminal only, and not against NO_COLOR")
    func colour() {
        let none = Environment([])
        #expect(Style(isTerminal: true, environment: none) == .terminal)
        #expect(Style(isTerminal: false, environment: none) == .plain)
        #expect(Style(isTerminal: true, environment: Environment([(name: "NO_COLOR", value: "1")])) == .plain)
        #expect(Style(isTerminal: true, environment: Environment([(name: "TERM", value: "dumb")])) == .plain)
        #expect(Self.table.text(width: nil, style: .terminal).hasPrefix("\u{1B}[1mPATH"))
    }
}

@Suite("A quantity")
struct QuantityTests {
    @Test("has its digits in threes", arguments: [(0, "0"), (999, "999"), (1204, "1,204"), (-1_000_000, "-1,000,000")])
    func thousands(number: Int, text: String) {
        #expect(grouped(number) == text)
    }

    @Test(
        "of time is said in the largest unit and the next",
        arguments: [
            (0, "0 ms"), (1, "<1 ms"), (999, "<1 ms"), (1000, "1 ms"), (999_999, "999 ms"), (2_150_000, "2.1 s"),
            (59_999_999, "59.9 s"), (60_000_000, "1 min 0 s"), (3_599_000_000, "59 min 59 s"),
            (3_600_000_000, "1 h 0 min"), (7_200_000_000_000, "2,000 h 0 min"),
        ])
    func time(microseconds: Int, text: String) {
        #expect(span(microseconds) == text)
    }
}

@Suite("What a command throws")
struct ErrorReportTests {
    @Test("is told in one line, with what to do")
    func line() {
        let failure = CommandFailure(.unavailable, code: "no-database", "no database", hint: "Run interlock serve")
        let report = ErrorReport(failure, arguments: ["lock", "list"])
        #expect(report.status == 69)
        #expect(report.complaint == "interlock: no database. Run interlock serve")
        #expect(report.output == "")
    }

    @Test("is one JSON object with --json; what is not known is absent")
    func json() {
        let failure = CommandFailure(.noSuchThing, code: "no-such-task", "no task \"x\"")
        let report = ErrorReport(failure, arguments: ["task", "show", "x", "--json"])
        #expect(report.status == 66)
        #expect(report.complaint == #"{"error":{"code":"no-such-task","message":"no task \"x\""}}"#)
    }

    @Test("can be the exit code of a command that was run, without a word")
    func otherExit() {
        let report = ErrorReport(CommandExit(137), arguments: [])
        #expect(report.status == 137)
        #expect(report.complaint == nil)
    }

    @Test("holds no line break and no escape sequence, whatever it is about")
    func oneLineOnly() {
        let failure = CommandFailure(.failed, code: "failed", "a\r\nb\u{1B}[2Jc\u{9B}d")
        #expect(ErrorReport(failure, arguments: []).complaint == "interlock: a b [2Jc d")
        let logged = ServiceLog.line("now", .error, "not measured: a\nnow error b\u{1B}[2J", [("app", "c\nd")])
        #expect(logged == "now error not measured: a now error b [2J app=c d")
    }

    @Test("leaves with the contract's numbers")
    func exitCodes() {
        let codes: [ExitCode] = [
            .done, .failed, .usage, .damaged, .noSuchThing, .unavailable, .notObtained, .deadlock, .notPermitted,
            .configuration,
        ]
        #expect(codes.map(\.rawValue) == [0, 1, 64, 65, 66, 69, 75, 76, 77, 78])
    }
}

@Suite("lock run")
struct LockRunTests {
    @Test("passes what stands behind the first -- as it is")
    func command() throws {
        let words = ["sh", "-c", "echo $1", "--", "--json", "-E", "9", ""]
        let parsed = try Interlock.parse(commandLine: ["lock", "run", "/a", "--shared", "/b", "-E", "9", "--"] + words)
        let run = try #require(parsed as? LockRun)
        #expect(run.command == words)
        #expect(run.conflictExitCode == 9)
        #expect(run.request.paths.map(\.text) == ["/a"])
        #expect(run.request.shared.map(\.text) == ["/b"])
        #expect(!run.common.json)
    }
}
