import Testing

/// A wrong command line, and words that its one line of complaint must hold.
struct WrongUse: CustomTestStringConvertible {
    var arguments: [String]
    var words: String

    init(_ line: String, _ words: String) {
        arguments = line.split(separator: " ").map { $0 == "''" ? "" : String($0) }
        self.words = words
    }

    var testDescription: String { arguments.joined(separator: " ") }
}

@Suite("Wrong use")
struct UsageTests {
    static let cases = [
        WrongUse("frobnicate", "Unexpected argument 'frobnicate'"),
        WrongUse("lock grab", "See 'interlock lock --help'"),
        WrongUse("lock run", "name at least one path"),
        WrongUse("lock run -- true", "name at least one path"),
        WrongUse("lock run /a", "the command is missing"),
        WrongUse("lock run /a --", "the command is missing"),
        WrongUse("lock run /a -- ''", "the command after -- is empty"),
        WrongUse("lock run a -- true", "this is no lock path"),
        WrongUse("lock run /a/../b -- true", "this is no lock path"),
        WrongUse("lock run /a /a -- true", "/a is named twice"),
        WrongUse("lock run /a --shared /a -- true", "/a is named twice"),
        WrongUse("lock run --shared x -- true", "this is no lock path"),
        WrongUse("lock run /a --wait 5 -- true", "write 250ms, 30s, 5m or 2h"),
        WrongUse("lock run /a --wait 5s --no-wait -- true", "exclude each other"),
        WrongUse("lock run /a -E 256 -- true", "0 to 255"),
        WrongUse("lock run /a --slot /s -- true", "Unknown option '--slot'"),
        WrongUse("lock run /a --config '' -- true", "--config is empty"),
        WrongUse("lock acquire /a", "--pid"),
        WrongUse("lock acquire /a --pid 0", "this is no process id"),
        WrongUse("lock release", "--token"),
        WrongUse("lock release --token 0", "positions are 1, 2, 3"),
        WrongUse("lock check --token 5", "<path>"),
        WrongUse("lock check /a", "--token"),
        WrongUse("lock list --at yesterday", "neither a position nor a time"),
        WrongUse("lock list --as a/b", "this is no name"),
        WrongUse("lock history --since 5", "this is no time"),
        WrongUse("lock history --limit 0", "this is no number above 0"),
        WrongUse("task start", "<type>"),
        WrongUse("task start a/b", "this is no name"),
        WrongUse("task start a --app ''", "this is no name"),
        WrongUse("task start a --arg x", "write it as name=value"),
        WrongUse("task start a --arg =x", "write it as name=value"),
        WrongUse("task start a --arg x=1 --arg x=2", "is given twice"),
        WrongUse("task start a --arg-file x", "write it as name=path"),
        WrongUse("task start a --arg-file x=", "write it as name=path"),
        WrongUse("task start a --arg x=1 --arg-file x=/f", "is given twice"),
        WrongUse("task start a --arg-file x=- --arg-file y=-", "only one argument"),
        WrongUse("task start a --delay soon", "this is no duration"),
        WrongUse("task run", "<type>"),
        WrongUse("task list --state done", "queued, waiting, claimed, running, stopping, finished"),
        WrongUse("task show", "<id>"),
        WrongUse("task logs", "<id>"),
        WrongUse("task wait t --timeout x", "this is no duration"),
        WrongUse("task stop", "<id>"),
        WrongUse("task progress", "<percent>"),
        WrongUse("task progress 101", "0 to 100"),
        WrongUse("log tail --limit x", "this is no number above 0"),
        WrongUse("log show 0", "positions are 1, 2, 3"),
        WrongUse("log export --from 5 --to 3", "--from 5 lies behind --to 3"),
        WrongUse("log export -o ''", "the name of the output file is empty"),
        WrongUse("projection check a/b", "this is no name"),
        WrongUse("schema apply now", "Unexpected argument 'now'"),
        WrongUse("serve now", "Unexpected argument 'now'"),
        WrongUse("doctor --database mysql://u:p@h/d", "--database holds a password"),
    ]

    @Test("exits 64 with one line, which says what to do", arguments: cases)
    func line(use: WrongUse) throws {
        let answer = try Binary.run(use.arguments)
        #expect(answer.status == 64)
        #expect(answer.output == "")
        #expect(answer.error.hasPrefix("interlock: "))
        #expect(answer.error.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
        #expect(answer.error.contains(use.words), "\(answer.error)")
        #expect(!answer.error.contains("\"p\""))
    }

    @Test("is told as one JSON object with --json")
    func json() throws {
        let answer = try Binary.run(["lock", "list", "--json", "--at", "x\n\"y\""])
        #expect(answer.status == 64)
        #expect(
            answer.error.hasPrefix(#"{"error":{"code":"usage","hint":"See 'interlock lock list --help'","message":"#))
        #expect(answer.error.hasSuffix("}}\n"))
    }

    @Test("with --json behind -- belongs to the command that is run")
    func jsonOfTheCommand() throws {
        #expect(try Binary.run(["lock", "run", "a", "--", "x", "--json"]).error.hasPrefix("interlock: "))
    }

    @Test("never repeats a password")
    func password() throws {
        let answer = try Binary.run(["doctor", "--database", "mysql://u:hunter2@h/d"])
        #expect(!answer.error.contains("hunter2"))
    }
}
