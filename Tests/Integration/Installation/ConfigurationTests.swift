import Foundation
import Glibc
import Testing

@Suite("config check")
struct ConfigurationTests {
    private func site(_ configuration: String) throws -> Site {
        try Site(database: nil, configuration: configuration)
    }

    @Test("says that a configuration is right, which task types it has, and what can have no effect")
    func right() async throws {
        let site = try site(
            "tasks:\n  b: { command: [x] }\n  a: { command: [y] }\nmetrics: { alerts: [{ name: a, metric: b, above: 1 }] }\n"
        )
        let file = site.scratch.file("interlock.yaml")
        let answer = try await site.run("config", "check")
        #expect(answer.status == 0 && answer.error == "")
        #expect(answer.lines.first == "\(file) is right: task types a, b")
        #expect(answer.lines.count == 2)
        #expect(answer.lines.last?.hasPrefix("\(file):4:") == true)
        #expect(answer.lines.last?.hasSuffix("nothing measures 'b', about which the rule 'a' is") == true)
        let summary = try await site.json("config", "check")
        #expect(summary.names == ["ok", "file", "tasks", "notices"])
        #expect(summary.ok == true && summary.file.text == file && summary.tasks == .array(["a", "b"]))
        #expect(summary.notices.elements.count == 1)
        #expect(access(site.stateDirectory, F_OK) != 0, "looking makes nothing")
    }

    @Test("of no types is right too")
    func empty() async throws {
        let site = try site("")
        #expect(try await site.run("config", "check").output.hasSuffix(" is right: no task types\n"))
    }

    @Test("names the line of what is wrong, with 78")
    func wrong() async throws {
        let cases = [
            ("tasks:\n  a:\n    command: [x]\n    comand: [x]\n", 4, "comand"),
            ("tasks:\n  a: { command: [x] }\nhots: { id: h1 }\n", 3, "hots"),
            ("tasks:\n  a: { command: x }\n", 2, "command"),
            ("host: { lease: soon }\n", 1, "lease"),
            ("tasks: [\n", 2, "YAML"),
            ("database: postgres://x\n", 1, "mysql://"),
        ]
        for (configuration, line, word) in cases {
            let site = try site(configuration)
            try await site.refuses(
                ["config", "check"], 78, "configuration", site.scratch.file("interlock.yaml") + ":\(line):")
            #expect(try await site.run("config", "check").error.contains(word))
        }
    }

    @Test("names all mistakes at once, each with its line")
    func several() async throws {
        let site = try site("hots: {}\ntasks:\n  a: { comand: [x] }\n")
        let file = site.scratch.file("interlock.yaml")
        let error = try await site.run("config", "check").error
        for place in ["\(file):1:1: ", "; \(file):3:3: ", "; \(file):3:8: "] {
            #expect(error.contains(place), "\(error)")
        }
        try await site.refuses(["config", "check"], 78, "configuration", "did you mean 'command'?")
    }

    @Test("takes the file from --config, which must be there, be a file, and may be a link")
    func file() async throws {
        let site = try site("")
        try site.scratch.write("tasks: { only: { command: [x] } }", to: "other.yaml")
        let link = site.scratch.file("link.yaml")
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: site.scratch.file("other.yaml"))
        #expect(try await site.json("config", "check", "--config", link).tasks == .array(["only"]))
        try await site.refuses(
            ["config", "check", "--config", "/nowhere/x.yaml"], 78, "no-configuration",
            "there is no configuration file '/nowhere/x.yaml'")
        try await site.refuses(
            ["config", "check", "--config", site.scratch.path], 78, "configuration",
            "the configuration file '\(site.scratch.path)' cannot be read: Is a directory")
    }

    @Test("without any says so", .enabled(if: access("/etc/interlock/interlock.yaml", F_OK) != 0))
    func none() async throws {
        let site = try site("")
        let answer = try await site.run("config", "check", environment: ["INTERLOCK_CONFIG": Site.unset])
        #expect(answer.status == 0)
        #expect(answer.output == "there is no /etc/interlock/interlock.yaml: the defaults hold, without task types\n")
        let script = try await site.run("config", "check", "--json", environment: ["INTERLOCK_CONFIG": Site.unset])
        #expect(try script.json.names == ["ok", "tasks", "notices"])
    }
}
