import Testing

/// The inbox, from the command line.
@Suite("Notifications")
struct InboxTests {
    private func site() async throws -> Site {
        let site = try await Site.make()
        for (name, role) in [
            ("olga", "owner"), ("adam", "admin"), ("mel", "mailmanager"), ("ute", "user"), ("opa", "user"),
        ] {
            #expect(try await site.run("user", "add", name, "--role", role).status == 0)
        }
        let register = ["app", "register", "blog", "--domain", "blog.example.com", "--operator", "opa"]
        #expect(try await site.start(register).answer().status == 0)
        return site
    }

    private func notify(
        _ site: Site, _ audience: String, _ kind: String = "disk", _ more: [String] = []
    ) async throws -> JSON {
        let answer = try await site.start(
            ["notify", "--to", audience, "--kind", kind, "--subject", "/var", "--title", "nearly full", "--json"] + more
        ).answer()
        #expect(answer.status == 0, "\(answer.error)")
        return try answer.json
    }

    @Test("are raised, repeated, acknowledged, resolved and raised anew, by kind and subject")
    func life() async throws {
        let site = try await site()
        let id = try #require(try await notify(site, "admin", "disk", ["--severity", "warning"]).notification.text)
        for _ in 0..<2 {
            let again = try await notify(site, "admin", "disk", ["--severity", "warning", "--body", "3 GB left"])
            #expect(again.notification.text == id && again.recorded == true)
        }
        var row = try #require(try await site.json("notification", "list").elements.first)
        #expect(row.count == 3 && row.state == "open" && row.severity == "warning" && row.body == "3 GB left")
        #expect(row.kind == "disk" && row.subject == "/var" && row.title == "nearly full")
        #expect(row.acknowledgedBy == .absent && row.firstAt != .absent && row.lastAt != row.firstAt)

        #expect(try await site.run("notification", "acknowledge", id).status == 0)
        _ = try await notify(site, "admin", "disk", ["--severity", "info"])
        row = try #require(try await site.json("notification", "list").elements.first)
        #expect(row.state == "acknowledged" && row.acknowledgedBy != .absent && row.count == 4)
        _ = try await notify(site, "admin", "disk", ["--severity", "critical"])
        row = try #require(try await site.json("notification", "list").elements.first)
        #expect(row.state == "open" && row.severity == "critical" && row.acknowledgedBy == .absent)

        let over = try await site.json("notification", "resolve", "--kind", "disk", "--subject", "/var")
        #expect(over.notification.text == id && over.recorded == true)
        #expect(try await site.json("notification", "resolve", "--kind", "disk", "--subject", "/var").recorded == false)
        #expect(try await site.json("notification", "list").elements.isEmpty)
        row = try #require(try await site.json("notification", "list", "--all").elements.first)
        #expect(row.state == "resolved" && row.count == 5 && row.title == "nearly full" && row.cause == "requested")
        let other = try await notify(site, "admin").notification.text
        #expect(other != id)
        #expect(try await site.json("notification", "list", "--all").elements.map(\.notification.text) == [other, id])
        try await site.refuses(["notification", "acknowledge", id], 66, "no-such-notification", "is open")
        try await site.refuses(["notification", "deliveries", "n9"], 66, "no-such-notification", "n9")
        #expect(try await site.json("notification", "deliveries", id).elements.isEmpty)
        try await site.expectSound()
    }

    @Test("are seen by those whom they are for, and by administrators")
    func viewers() async throws {
        let site = try await site()
        for audience in ["admin", "mailmanager", "operator:blog", "user", "usermanager"] {
            _ = try await notify(site, audience, "for-\(audience)")
        }
        let seen = [
            "ute": ["for-user"], "mel": ["for-mailmanager", "for-user"], "opa": ["for-operator:blog", "for-user"],
            "adam": [
                "for-admin", "for-mailmanager", "for-operator:blog", "for-user", "for-usermanager", "no-recipients",
            ],
        ]
        for (name, kinds) in seen {
            let rows = try await site.json("notification", "list", "--as", name).elements
            #expect(rows.compactMap(\.kind.text).sorted() == kinds, "\(name)")
            #expect(rows.allSatisfy { ($0.audience == .absent) == (name != "adam") }, "\(name)")
        }
        let report = try await site.json("notification", "list").elements.first { $0.kind == "no-recipients" }
        #expect(report?.subject == "usermanager" && report?.severity == "warning")
        #expect(try await site.run("user", "add", "ulf", "--role", "usermanager").status == 0)
        #expect(
            try await site.json("notification", "list").elements.allSatisfy { $0.kind != "no-recipients" })
        let hidden = try await site.run("notification", "deliveries", "--as", "ute", "--json")
        #expect(hidden.status == 0 && hidden.output == "[]\n")
        try await site.refuses(
            ["notify", "--to", "user", "--kind", "disk-space", "--subject", "/", "--title", "t"], 64, "invalid",
            "not for ordinary users")
        try await site.refuses(
            ["notify", "--to", "operator:wiki", "--kind", "k", "--subject", "s", "--title", "t"], 66, "no-such-app",
            "wiki")
        try await site.refuses(
            ["notify", "--to", "admin", "--kind", "k", "--subject", "s", "--title", "a\r\nBcc: x@y.z"], 64, "invalid",
            "one line")
        try await site.expectSound()
    }

    @Test("are replayed as they were listed, and read well")
    func replay() async throws {
        let site = try await site()
        _ = try await notify(site, "admin", "disk", ["--severity", "warning", "--body", "two\nlines"])
        let listed = try await site.run("notification", "list", "--json").output
        let head = try await site.head()
        let id = try await notify(site, "admin", "memory").notification.text
        #expect(
            try await site.run("replay", "--at", "\(head)", "--view", "notifications", "--json").output == listed)
        #expect(
            try await site.run("replay", "--view", "notifications", "--json").output
                == site.run("notification", "list", "--json").output)
        let file = site.scratch.file("log.jsonl")
        #expect(try await site.run("log", "export", "-o", file).status == 0)
        #expect(
            try await site.run("replay", "--log", file, "--at", "\(head)", "--view", "notifications", "--json").output
                == listed)
        let steps = try await site.run("replay", "--from", "1", "--view", "notifications")
        #expect(steps.lines.count == 2 && steps.output.contains("\(id ?? "") warning memory of /var for admin"))
        let text = try await site.run("notification", "list")
        #expect(
            text.output.contains("\nwarning   nearly full\n          n") && text.output.contains(", disk of /var, "),
            "\(text.output)")
        #expect(text.output.contains("\n          two\n          lines\n"), "\(text.output)")
    }

    @Test("are listed by kind, subject, severity and viewer, open or over, as many as are asked for")
    func filters() async throws {
        let site = try await site()
        // Above the size from which on payloads are stored compressed, with words that are looked for.
        let long = String(repeating: #""kind":"disk" and "severity":"critical" "#, count: 60)
        for (number, kind) in ["disk", "memory", "disk", "a-long-one"].enumerated() {
            let more = kind == "a-long-one" ? ["--body", long] : []
            _ = try await notify(site, number == 2 ? "mailmanager" : "admin", kind, more)
            // It rises behind its raise.
            if kind == "memory" { _ = try await notify(site, "admin", kind, ["--severity", "critical"]) }
            #expect(
                try await site.run("notification", "resolve", "--kind", kind, "--subject", "/var").status == 0)
        }
        _ = try await notify(site, "user", "disk", ["--severity", "warning"])
        func kinds(_ options: String...) async throws -> [String] {
            let rows = try await site.start(["notification", "list", "--json"] + options).answer().json.elements
            return rows.map { "\($0.kind.text ?? "") \($0.state.text ?? "")" }
        }
        let all = ["disk open", "a-long-one resolved", "disk resolved", "memory resolved", "disk resolved"]
        #expect(try await kinds("--all") == all)
        #expect(try await kinds("--kind", "disk") == ["disk open"])
        #expect(try await kinds("--all", "--kind", "disk") == ["disk open", "disk resolved", "disk resolved"])
        #expect(try await kinds("--all", "--kind", "dis").isEmpty)
        #expect(try await kinds("--all", "--subject", "/var") == all)
        #expect(try await kinds("--all", "--subject", "/va").isEmpty)
        #expect(try await kinds("--all", "--severity", "warning") == ["disk open", "memory resolved"])
        #expect(try await kinds("--all", "--severity", "critical", "--kind", "memory") == ["memory resolved"])
        #expect(try await kinds("--all", "--limit", "3") == Array(all.prefix(3)))
        #expect(try await kinds("--all", "--as", "mel") == ["disk open", "disk resolved"])
        #expect(try await kinds("--all", "--as", "mel", "--limit", "1", "--kind", "disk") == ["disk open"])
        #expect(try await kinds("--all", "--as", "ute") == ["disk open"])
        let few = try await site.run("notification", "list", "--all", "--limit", "2")
        #expect(few.output.hasSuffix("\n2 are shown, more with --limit\n"), "\(few.output)")
        #expect(try await !site.run("notification", "list", "--all").output.contains("more with"))

        // What is over can be redacted: what is left is listed, and by what is left.
        let raise = try #require(
            try await site.events().first { $0.type == "notification.raised" && $0.data.kind == "memory" })
        let position = "\(raise.position.integer ?? 0)"
        #expect(try await site.run("log", "redact", position, "--reason", "names").status == 0)
        #expect(try await kinds("--all") == all)
        #expect(try await kinds("--all", "--kind", "memory") == ["memory resolved"])
        #expect(try await kinds("--all", "--severity", "critical") == ["memory resolved"])
        #expect(try await kinds("--all", "--subject", "/var") == all.filter { $0 != "memory resolved" })
        try await site.expectSound()
    }
}
