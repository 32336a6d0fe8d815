import Foundation
import Testing

@Suite("Apps and users", .site)
struct AppTests {
    private func expect(
        _ arguments: [String], _ status: Int32, _ words: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await currentSite().start(arguments).answer()
        #expect(
            answer.status == status && (words.isEmpty || (answer.output + answer.error).contains(words)),
            "\(arguments): \(answer.status) \(answer.output)\(answer.error)", sourceLocation: sourceLocation)
    }

    @Test("are registered from a manifest in YAML or JSON, and shown with what is known of them")
    func manifest() async throws {
        let site = try currentSite()
        try site.scratch.write(
            "app: m1\ndomain: m1.example.com\nrequiresValidCertificate: true\nnotes: |\n  two\n  lines\n", to: "m1.yaml"
        )
        try site.scratch.write(
            #"{"app":"m2","domain":"m2.example.com","mail":false,"state":"stopped"}"#, to: "m2.json")
        try site.scratch.write("{ app: m3, domian: m3.example.com }", to: "m3.yaml")
        for name in ["m1.yaml", "m2.json"] {
            try await expect(["app", "register", "--manifest", site.scratch.file(name)], 0)
            try await expect(["app", "register", "--manifest", site.scratch.file(name)], 0)
        }
        try await expect(
            ["app", "register", "--manifest", site.scratch.file("m3.yaml")], 64, "did you mean 'domain'?")
        try await expect(
            ["app", "register", "other", "--manifest", site.scratch.file("m1.yaml")], 64, "is of app 'm1'")
        try await expect(["app", "register", "--manifest", site.scratch.file("none.yaml")], 66, "there is no file")
        let app = try await site.json("app", "show", "m1")
        #expect(app.notes.text == "two\nlines\n" && app.mailFrom.text == "no-reply@m1.example.com")
        #expect(app.requiresValidCertificate == true && app.envFile == .absent)
        let other = try await site.json("app", "show", "m2")
        #expect(other.state == "stopped" && other.mail == false && other.mailFrom == .absent)
    }

    @Test("are removed when nobody works on them")
    func removed() async throws {
        let site = try currentSite()
        try await expect(["app", "register", "r1", "--domain", "r1.example.com"], 0)
        let holder = try site.start(["lock", "run", "/app/r1", "--", "sh", "-c", "echo ready; cat"])
        try await holder.says("ready")
        try await expect(["app", "remove", "r1", "--no-wait"], 75, "/app/r1 is held by")
        let remover = try site.start(["app", "remove", "r1"])
        _ = try await site.eventually("it waits") {
            try await site.locks().waiting.elements.contains { $0.path == "/app/r1" } ? true : nil
        }
        holder.letGo()
        #expect(try await remover.answer().status == 0)
        _ = try await holder.end()
        try await expect(["app", "remove", "r1"], 66, "there is no app 'r1'")
        try await expect(["app", "show", "r1"], 66)
        try await expect(["app", "update", "r1", "--stopped"], 66)
    }

    @Test("have one owner at least, and operators that are users")
    func users() async throws {
        let site = try currentSite()
        try await expect(["user", "add", "olga", "--role", "owner", "--email", "olga@example.com"], 0)
        try await expect(["user", "remove", "olga"], 1, "last owner")
        try await expect(["user", "set-role", "olga", "user"], 1, "last owner")
        try await expect(["user", "set-role", "nobody", "user"], 66)
        try await expect(["user", "add", "olga", "--role", "user"], 1, "already")
        try await expect(
            ["app", "register", "u1", "--domain", "u1.example.com", "--operator", "ute"], 66, "there is no user 'ute'")
        try await expect(["user", "add", "ute", "--role", "user"], 0)
        try await expect(["app", "register", "u1", "--domain", "u1.example.com", "--operator", "ute"], 0)
        try await expect(["user", "remove", "ute"], 0)
        #expect(try await site.json("app", "show", "u1").operators.elements.isEmpty)
        #expect(
            try await site.json("user", "list").elements.map { [$0.user, $0.role, $0.email] }
                == [["olga", "owner", "olga@example.com"]])
    }
}

@Suite("A registry that is made equal to a platform's list", .site)
struct AppSyncTests {
    @Test("says what it would do, does it, and has nothing to do then; its own list is such a list")
    func sync() async throws {
        let site = try currentSite()
        for app in ["blog", "chat"] {
            #expect(try await site.run("app", "register", app, "--domain", "\(app).example.com").status == 0)
        }
        try site.scratch.write(
            """
            - { app: blog, domain: wiki.example.com }
            - { app: wiki, domain: blog.example.com, requiresValidCertificate: true }
            """, to: "list.yaml")
        let file = site.scratch.file("list.yaml")
        let expected = "removed chat\nregistered wiki\nchanged blog\n"
        #expect(try await site.run("app", "sync", file, "--dry-run").output == "would be:\n" + expected)
        #expect(try await site.json("app", "list").elements.map(\.app) == ["blog", "chat"])
        #expect(try await site.run("app", "sync", file).output == expected)
        #expect(try await site.run("app", "sync", file).output == "nothing to do\n")
        let list = try await site.run("app", "list", "--json").output
        try site.scratch.write(list, to: "list.json")
        #expect(try await site.run("app", "sync", site.scratch.file("list.json")).output == "nothing to do\n")
        // Nothing of it is done where something is wrong.
        try site.scratch.write(
            "- { app: one, domain: one.example.com }\n- { app: two, domain: one.example.com }\n", to: "wrong.yaml")
        for options in [["--dry-run"], []] {
            let answer = try await site.start(["app", "sync", site.scratch.file("wrong.yaml")] + options).answer()
            #expect(answer.status == 1 && answer.error.contains("cannot both have the domain"), "\(answer.error)")
            #expect(try await site.run("app", "list", "--json").output == list)
        }
    }
}
