import Testing

/// A wrong command line (`''` is an empty word in it, `LONG` one that is too long), and words that its one line of complaint must hold.
struct WrongUse: CustomTestStringConvertible {
    var arguments: [String]
    var words: String

    init(_ line: String, _ words: String) {
        let values = ["''": "", "LONG": String(repeating: "long", count: 251)]
        arguments = line.split(separator: " ").map { values[String($0)] ?? String($0) }
        self.words = words
    }

    var testDescription: String { arguments.map { String($0.prefix(20)) }.joined(separator: " ") }
}

@Suite("Wrong use")
struct UsageTests {
    static let lockCases = [
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
        WrongUse("lock run /a --reason LONG -- true", "the text is longer than 1000 bytes"),
        WrongUse("lock run /a --label LONG -- true", "the text is longer than 1000 bytes"),
        WrongUse("lock run /a -E 256 -- true", "0 to 255"),
        WrongUse("lock run /a --conflict-exit-code x -- true", "0 to 255"),
        WrongUse("lock run --slot s -- true", "this is no lock path"),
        WrongUse("lock run /a --slot /a -- true", "/a is named twice"),
        WrongUse("lock run /a --config '' -- true", "--config is empty"),
        WrongUse("lock acquire /a", "--pid"),
        WrongUse("lock acquire --pid 1", "name at least one path"),
        WrongUse("lock acquire a --pid 1", "this is no lock path"),
        WrongUse("lock acquire /a --pid 0", "this is no process id"),
        WrongUse("lock acquire /a --pid me", "this is no process id"),
        WrongUse("lock acquire --shared x --pid 1", "this is no lock path"),
        WrongUse("lock acquire --slot x --pid 1", "this is no lock path"),
        WrongUse("lock acquire --slot /s --slot /s --pid 1", "/s is named twice"),
        WrongUse("lock acquire /a --wait soon --pid 1", "this is no duration"),
        WrongUse("lock acquire /a --wait 5s --no-wait --pid 1", "exclude each other"),
        WrongUse("lock acquire /a --reason LONG --pid 1", "the text is longer than 1000 bytes"),
        WrongUse("lock acquire /a --label LONG --pid 1", "the text is longer than 1000 bytes"),
        WrongUse("lock release", "--token"),
        WrongUse("lock release --token 0", "positions are 1, 2, 3"),
        WrongUse("lock release --token 5 a", "this is no lock path"),
        WrongUse("lock downgrade /a --token 0", "positions are 1, 2, 3"),
        WrongUse("lock check --token 5", "<path>"),
        WrongUse("lock check /a", "--token"),
        WrongUse("lock check a --token 5", "this is no lock path"),
        WrongUse("lock check /a --token x", "positions are 1, 2, 3"),
        WrongUse("lock downgrade --token 5", "<path>"),
        WrongUse("lock downgrade /a", "--token"),
        WrongUse("lock downgrade a --token 5", "this is no lock path"),
        WrongUse("lock downgrade /a --token -5", "Missing value for '--token"),
        WrongUse("lock break /a --reason r", "--token"),
        WrongUse("lock break /a --token 5", "--reason"),
        WrongUse("lock break /a --token 5 --reason ''", "--reason is empty"),
        WrongUse("lock break /a --token 5 --reason LONG", "the text is longer than 1000 bytes"),
        WrongUse("lock break a --token 5 --reason r", "this is no lock path"),
        WrongUse("lock break --token 5 --reason r", "<path>"),
        WrongUse("lock why", "<subject>"),
        WrongUse("lock why ''", "it is empty"),
        WrongUse("lock why //", "this is no lock path"),
        WrongUse("lock why / --as a/b", "this is no name"),
        WrongUse("deadlock list --as a/b", "this is no name"),
        WrongUse("lock list --at yesterday", "neither a position nor a time"),
        WrongUse("lock list --at -1", "Missing value for '--at"),
        WrongUse("lock list --as a/b", "this is no name"),
        WrongUse("lock history a", "this is no lock path"),
        WrongUse("lock history --session ''", "it is empty"),
        WrongUse("lock history --task ''", "it is empty"),
        WrongUse("lock history --since 5", "this is no time"),
        WrongUse("lock history --limit 0", "this is no number above 0"),
        WrongUse("lock history --as ''", "this is no name"),
        WrongUse("lock history --summary --limit 0", "this is no number above 0"),
        WrongUse("lock inversions /a", "Unexpected argument '/a'"),
        WrongUse("lock inversions --since 5", "this is no time"),
        WrongUse("lock inversions --as a/b", "this is no name"),
        WrongUse("lock why LONG", "the text is longer than 1000 bytes"),
        WrongUse("lock break /a --token 0 --reason x", "positions are 1, 2, 3"),
        WrongUse("deadlock list --as a/b", "this is no name"),
    ]

    static let historyCases = [
        WrongUse("deadlock list --log ''", "--log is empty"),
        WrongUse("deadlock list --log f --database mysql://x@h/d", "exclude each other"),
        WrongUse("deadlock show 0", "positions are 1, 2, 3"),
        WrongUse("deadlock show --format png", "png"),
        WrongUse("deadlock show --log ''", "--log is empty"),
        WrongUse("deadlock show --as a/b", "this is no name"),
        WrongUse("lock history --log ''", "--log is empty"),
        WrongUse("lock inversions --log ''", "--log is empty"),
        WrongUse("replay --at -1", "Missing value for '--at"),
        WrongUse("replay --at now", "neither a position nor a time"),
        WrongUse("replay --at 1 --from 1", "--at excludes --from and --to"),
        WrongUse("replay --from 2 --to 1", "--from 2 lies behind --to 1"),
        WrongUse("replay --from x", "neither a position nor a time"),
        WrongUse("replay --to x", "neither a position nor a time"),
        WrongUse("replay --view apples", "it is one of locks, tasks, apps, mail, notifications, users"),
        WrongUse("replay --filter path=/a", "--filter goes with --from and --to"),
        WrongUse("replay --from 1 --filter path", "write it as path=/app/blog"),
        WrongUse("replay --from 1 --filter colour=red", "none of path, task and session"),
        WrongUse("replay --from 1 --filter path=a", "this is no lock path"),
        WrongUse("replay --log ''", "--log is empty"),
        WrongUse("replay --log f --database mysql://x@h/d", "exclude each other"),
        WrongUse("replay --as a/b", "this is no name"),
    ]

    static let taskCases = [
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
        WrongUse("task start a --unique ''", "it is empty"),
        WrongUse("task start a --delay soon", "this is no duration"),
        WrongUse("task start a --delay -5s", "Missing value for '--delay"),
        WrongUse("task run", "<type>"),
        WrongUse("task run a/b", "this is no name"),
        WrongUse("task run a --app a/b", "this is no name"),
        WrongUse("task run a --arg x", "write it as name=value"),
        WrongUse("task run a --arg-file x", "write it as name=path"),
        WrongUse("task run a --unique LONG", "the text is longer than 1000 bytes"),
        WrongUse("task run a --delay 5", "this is no duration"),
        WrongUse("task run a --wait", "Unknown option '--wait'"),
        WrongUse("task list --state done", "queued, waiting, claimed, running, stopping, finished"),
        WrongUse("task list --type a/b", "this is no name"),
        WrongUse("task list --app ''", "this is no name"),
        WrongUse("task list --limit 0", "this is no number above 0"),
        WrongUse("task list --as a/b", "this is no name"),
        WrongUse("task show", "<id>"),
        WrongUse("task show ''", "it is empty"),
        WrongUse("task show x --as a/b", "this is no name"),
        WrongUse("task logs", "<id>"),
        WrongUse("task logs ''", "it is empty"),
        WrongUse("task logs x --as a/b", "this is no name"),
        WrongUse("task logs x --tail 0", "this is no number above 0"),
        WrongUse("task logs x --attempt first", "this is no number above 0"),
        WrongUse("task wait", "<id>"),
        WrongUse("task wait ''", "it is empty"),
        WrongUse("task wait t --timeout x", "this is no duration"),
        WrongUse("serve --log-format yaml", "'text' and 'json'"),
        WrongUse("serve --log-level loud", "'warning' or 'error'"),
        WrongUse("task retry", "<id>"),
        WrongUse("task retry ''", "it is empty"),
        WrongUse("reaction retry", "<name>"),
        WrongUse("reaction retry a/b", "this is no name"),
        WrongUse("reaction list --as a/b", "this is no name"),
        WrongUse("task stop", "<id>"),
        WrongUse("task stop ''", "it is empty"),
        WrongUse("task progress", "<percent>"),
        WrongUse("task progress 101", "0 to 100"),
        WrongUse("task progress 5 LONG", "the text is longer than 1000 bytes"),
        WrongUse("task types --as a/b", "this is no name"),
    ]

    static let platformCases = [
        WrongUse("user add", "<name>"),
        WrongUse("user add ann", "--role"),
        WrongUse("user add a/b --role user", "this is no name"),
        WrongUse("user add ann --role boss", "owner, admin, usermanager, mailmanager, user"),
        WrongUse("user add ann --role user --email ann", "this is no mail address"),
        WrongUse("user set-role ann", "<role>"),
        WrongUse("user set-role ann boss", "owner, admin, usermanager, mailmanager, user"),
        WrongUse("user set-role a/b user", "this is no name"),
        WrongUse("user set-email", "<name>"),
        WrongUse("user set-email a/b", "this is no name"),
        WrongUse("user set-email ann ann@", "this is no mail address"),
        WrongUse("user remove", "<name>"),
        WrongUse("user remove a/b", "this is no name"),
        WrongUse("user list --as a/b", "this is no name"),
        WrongUse("app register", "name the app, or its --manifest"),
        WrongUse("app register a/b --domain a.x.y", "this is no name"),
        WrongUse("app register blog", "--domain is missing"),
        WrongUse("app register blog --domain blog", "this is no full name"),
        WrongUse("app register blog --domain blog.x.y --mail-from blog", "this is no mail address"),
        WrongUse("app register blog --domain blog.x.y --mail-from a@x.y --no-mail", "exclude each other"),
        WrongUse("app register blog --domain blog.x.y --operator a/b", "this is no name"),
        WrongUse("app register blog --domain blog.x.y --operator ann --no-operators", "exclude each other"),
        WrongUse("app register blog --domain blog.x.y --env-file blog.env", "this is no absolute path"),
        WrongUse("app register blog --domain blog.x.y --env-owner LONG", "the text is longer than 1000 bytes"),
        WrongUse("app register blog --domain blog.x.y --started --stopped", "exclude each other"),
        WrongUse("app register --manifest /f --notes x", "the file says everything"),
        WrongUse("app update", "<id>"),
        WrongUse("app update blog", "say what is to change"),
        WrongUse("app update a/b --stopped", "this is no name"),
        WrongUse("app update blog --domain BLOG.x.y", "this is no full name"),
        WrongUse("app update blog --mail-from blog", "this is no mail address"),
        WrongUse("app update blog --operator a/b", "this is no name"),
        WrongUse("app update blog --env-file blog.env", "this is no absolute path"),
        WrongUse("app update blog --env-owner LONG", "the text is longer than 1000 bytes"),
        WrongUse("app remove", "<id>"),
        WrongUse("app remove a/b", "this is no name"),
        WrongUse("app remove blog --wait soon", "this is no duration"),
        WrongUse("app remove blog --wait 5s --no-wait", "exclude each other"),
        WrongUse("app list --as a/b", "this is no name"),
        WrongUse("app show", "<id>"),
        WrongUse("app show a/b", "this is no name"),
        WrongUse("app show blog --as a/b", "this is no name"),
        WrongUse("app sync", "<file>"),
        WrongUse("app sync ''", "the name of the file is empty"),
        WrongUse("app register --manifest ''", "the name of the file is empty"),
        WrongUse("app update blog --notes x --started --stopped", "exclude each other"),
        WrongUse("app update blog --operator ann --no-operators", "exclude each other"),
        WrongUse("app reconfigure", "<id>"),
        WrongUse("app reconfigure a/b", "this is no name"),
        WrongUse("mail rename", "<name>"),
        WrongUse("mail rename ''", "the name is empty"),
        WrongUse("mail rename mail", "single label"),
        WrongUse("mail rename mail.x.y --wait --dry-run", "exclude each other"),
        WrongUse("mail credentials --output ''", "the name of the output file is empty"),
        WrongUse("mail credentials --as ann", "Unknown option '--as'"),
        WrongUse("notify --kind k --subject s --title t", "--to"),
        WrongUse("notify --to '' --kind k --subject s --title t", "write owner, admin"),
        WrongUse("notify --to everybody --kind k --subject s --title t", "write owner, admin"),
        WrongUse("notify --to admin, --kind k --subject s --title t", "write owner, admin"),
        WrongUse("notify --to operator: --kind k --subject s --title t", "write owner, admin"),
        WrongUse("notify --to admin,user --kind k --subject s --title t", "name no other"),
        WrongUse("notify --to admin --kind a/b --subject s --title t", "this is no name"),
        WrongUse("notify --to admin --kind k --subject '' --title t", "it is empty"),
        WrongUse("notify --to admin --kind k --subject s --title ''", "it is empty"),
        WrongUse("notify --to admin --kind k --subject s --title t --severity bad", "info, warning, critical"),
        WrongUse("notify --to admin --kind k --subject s --title t --body", "Missing value for '--body"),
        WrongUse("notify --to admin --kind k --subject s --title LONG", "the text is longer than 1000 bytes"),
        WrongUse("notification list --as a/b", "this is no name"),
        WrongUse("notification list --kind a/b", "this is no name"),
        WrongUse("notification list --subject ''", "it is empty"),
        WrongUse("notification list --severity bad", "info, warning, critical"),
        WrongUse("notification list --limit 0", "this is no number above 0"),
        WrongUse("notification list --limit 1001", "no more than 1000 are listed"),
        WrongUse("notification acknowledge", "<id>"),
        WrongUse("notification acknowledge ''", "it is empty"),
        WrongUse("notification resolve --kind k", "--subject"),
        WrongUse("notification resolve --kind a/b --subject s", "this is no name"),
        WrongUse("notification deliveries ''", "it is empty"),
        WrongUse("notification deliveries --as a/b", "this is no name"),
        WrongUse("mail show --as a/b", "this is no name"),
        WrongUse("mail status --as a/b", "this is no name"),
    ]

    static let otherCases = [
        WrongUse("metrics show ''", "it is empty"),
        WrongUse("metrics show LONG", "the text is longer than 1000 bytes"),
        WrongUse("metrics show --app ''", "it is empty"),
        WrongUse("metrics show --since yesterday", "this is no time"),
        WrongUse("metrics show --as a/b", "this is no name"),
        WrongUse("metrics show a b", "Unexpected argument 'b'"),
        WrongUse("log tail --limit x", "this is no number above 0"),
        WrongUse("log tail -n 0", "this is no number above 0"),
        WrongUse("log tail --as a/b", "this is no name"),
        WrongUse("log show", "<position>"),
        WrongUse("log show 0", "positions are 1, 2, 3"),
        WrongUse("log show 1 2", "Unexpected argument '2'"),
        WrongUse("log show 1 --as a/b", "this is no name"),
        WrongUse("log export --from 0", "positions are 1, 2, 3"),
        WrongUse("log export --to x", "positions are 1, 2, 3"),
        WrongUse("log export --from 5 --to 3", "--from 5 lies behind --to 3"),
        WrongUse("log export -o ''", "the name of the output file is empty"),
        WrongUse("log export --output ''", "the name of the output file is empty"),
        WrongUse("log export --as a/b", "this is no name"),
        WrongUse("log verify --as a/b", "this is no name"),
        WrongUse("log stats --as a/b", "this is no name"),
        WrongUse("log redact --reason x", "<position>"),
        WrongUse("log redact 5", "--reason"),
        WrongUse("log redact 0 --reason x", "positions are 1, 2, 3"),
        WrongUse("log redact last --reason x", "positions are 1, 2, 3"),
        WrongUse("log redact 5 --reason ''", "--reason is empty"),
        WrongUse("log redact 5 --reason LONG", "the text is longer than 1000 bytes"),
        WrongUse("log adopt 5", "Unexpected argument '5'"),
        WrongUse("log adopt --yes", "Unknown option '--yes'"),
        WrongUse("projection list --as a/b", "this is no name"),
        WrongUse("projection check a/b", "this is no name"),
        WrongUse("projection check --as a/b", "this is no name"),
        WrongUse("projection rebuild a/b", "this is no name"),
        WrongUse("schema apply now", "Unexpected argument 'now'"),
        WrongUse("serve now", "Unexpected argument 'now'"),
        WrongUse("demo --config /x", "a configuration of its own"),
        WrongUse("demo --state-dir /x", "a state directory"),
        WrongUse("doctor --database mysql://u:p@h/d", "--database holds a password"),
    ]

    static let cases = lockCases + historyCases + taskCases + platformCases + otherCases

    @Test("exits 64 with one line, which says what to do", arguments: cases)
    func line(use: WrongUse) throws {
        let answer = try Binary.run(use.arguments)
        #expect(answer.status == 64)
        #expect(answer.output == "")
        #expect(answer.error.hasPrefix("interlock: "))
        #expect(answer.error.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
        #expect(answer.error.contains(use.words), "\(answer.error)")
        #expect(answer.error.count < 400, "a long value is not repeated")
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
