import PeerTesting
import Testing

/// What is for some is in no byte of what others are sent: each text of a notification is a canary of those whom it is for.
@Suite("A canary in a notification")
struct TellingTests {
    /// Everybody, with their roles; `opa` is an operator of `blog`.
    private static let people: KeyValuePairs = [
        "olga": "owner", "adam": "admin", "ulf": "usermanager", "mel": "mailmanager", "opa": "user", "ute": "user",
    ]
    /// For whom something is raised, and who is meant by that; the webhooks, by their paths, stand for one sort of staff each.
    private static let audiences: [(name: String, people: Set<String>, hooks: Set<String>)] = [
        ("owner", ["olga"], []),
        ("admin", ["olga", "adam"], ["/200"]),
        ("usermanager", ["ulf"], ["/201"]),
        ("mailmanager", ["mel"], ["/202"]),
        ("operator:blog", ["opa"], ["/203"]),
        ("admin,mailmanager", ["olga", "adam", "mel"], ["/200", "/202"]),
        ("user", ["olga", "adam", "ulf", "mel", "opa", "ute"], ["/200", "/201", "/202", "/203"]),
    ]
    /// What an administrator alone may see, and is put into everything that he can put a text into.
    private static let secrets = [
        "canary-notes", "canary-from", "canary-file", "canary-owner", "canary-reason", "canary-by",
        DeliveryStand.secret,
    ]

    private func word(_ audience: String) -> String {
        "canary" + audience.map { $0.isLetter ? String($0) : "" }.joined() + "yranac"
    }

    @Test("is sent to those whom it is for, as they see it, and is in no byte that anybody else is sent")
    func nowhere() async throws {
        let stand = try await DeliveryStand()
        let site = stand.site
        let hooks = [("200", "admin"), ("201", "usermanager"), ("202", "mailmanager"), ("203", "operator:blog")]
        try stand.configure(webhooks: hooks.map { "name: \($0.0), " + stand.webhook($0.0, to: $0.1) })
        try await stand.people(Self.people)
        try await fill(site)
        let service = try await Service(site)
        for audience in Self.audiences { try await raise(audience.name, site) }
        let mails = Self.audiences.map(\.people.count).reduce(0, +)
        let posts = Self.audiences.map(\.hooks.count).reduce(0, +)
        _ = try await stand.mails(mails)
        _ = try await site.eventually("all is posted") { stand.posts.count >= posts ? true : nil }
        try await expectAsSeen(stand)
        // That it is over is sent to the same.
        for audience in Self.audiences {
            let over = ["notification", "resolve", "--kind", word(audience.name), "--subject", word(audience.name)]
            #expect(try await site.start(over).answer().status == 0)
        }
        let all = try await stand.mails(2 * mails)
        _ = try await site.eventually("that too") { stand.posts.count >= 2 * posts ? true : nil }
        #expect(try await service.stop().status == 0)
        #expect(all.count == 2 * mails && stand.posts.count == 2 * posts)
        try expectMeant(stand, all)
        // What signs is nowhere in the log either.
        #expect(try await site.events().allSatisfy { !"\($0)".contains(DeliveryStand.secret) })
        try await site.expectSound()
    }

    /// Each mail is for one, and holds the canaries of those notifications alone that are for him; so does each post.
    private func expectMeant(_ stand: DeliveryStand, _ read: [MailReader.Mail]) throws {
        for (kept, mail) in zip(try stand.mail.mails(), read) {
            let recipient = try #require(kept.recipients.first)
            #expect(kept.recipients.count == 1 && mail.to.last == recipient && kept.sender == "interlock@example.com")
            // As it went, but for the lines' ends that the encoding of the body makes.
            let text = ([kept.content.replacing("=\r\n", with: "")] + [mail.text, mail.html, mail.subject]).joined()
            expectMeant(text, at: recipient) { $0.people.contains { recipient == "\($0)@example.com" } }
        }
        for post in stand.posts {
            let path = String(post.prefix { $0 != " " })
            expectMeant(post, at: path) { $0.hooks.contains(path) }
            // Nor what of it is for administrators.
            for field in ["audience", "resolvedBy", "cause"] where path != "/200" {
                #expect(!post.contains("\"\(field)\":"), "\(path) was sent: \(post)")
            }
        }
    }

    private func expectMeant(
        _ text: String, at whom: String, _ isMeant: ((name: String, people: Set<String>, hooks: Set<String>)) -> Bool
    ) {
        let found = Self.audiences.filter { text.contains(word($0.name)) }
        #expect(found.count == 1 && found.allSatisfy(isMeant), "\(whom) was sent: \(text)")
        for secret in Self.secrets { #expect(!text.contains(secret), "\(whom) was sent: \(text)") }
    }

    /// The mails of each are what `notification list` shows him, field by field.
    private func expectAsSeen(_ stand: DeliveryStand) async throws {
        let mails = try MailReader.read(try stand.mail.mails().map { Array($0.content.utf8) })
        for (name, _) in Self.people {
            let rows = try await stand.site.json("notification", "list", "--as", name).elements
            let meant = Set(Self.audiences.filter { $0.people.contains(name) }.map { word($0.name) })
            let expected = rows.filter { meant.contains($0.kind.text ?? "") }.map { row in
                func word(_ field: JSON) -> String { field.text ?? "" }
                let id = word(row.notification)
                let foot = "\(id): \(word(row.kind)) of \(word(row.subject)), at \(word(row.lastAt))"
                return "[\(word(row.severity))] \(word(row.title))\n\n\(word(row.body))\n\n\(foot)\n"
            }
            let own = mails.filter { $0.to.last == "\(name)@example.com" }
            #expect(
                expected.count == meant.count && Set(own.map(\.text)) == Set(expected), "\(name): \(own.map(\.text))")
        }
    }

    private func raise(_ audience: String, _ site: Site) async throws {
        let word = word(audience)
        let texts = ["--kind", word, "--subject", word, "--title", "\(word) title", "--body", "\(word) body"]
        let to = audience == "user" ? ["--to", "user"] : ["--to", audience]
        let answer = try await site.start(["notify"] + to + texts).answer()
        #expect(answer.status == 0, "\(answer.error)")
    }

    /// Puts secrets wherever an administrator can put a text, besides notifications.
    private func fill(_ site: Site) async throws {
        let register = [
            "app", "register", "blog", "--domain", "blog.example.com", "--operator", "opa", "--notes", "canary-notes",
            "--mail-from", "canary-from@example.com", "--env-file", "/canary-file", "--env-owner", "canary-owner",
        ]
        #expect(try await site.start(register).answer().status == 0)
        let locked = ["lock", "run", "/app/blog", "--reason", "canary-reason", "--", "true"]
        #expect(try await site.start(locked).answer().status == 0)
        let seen = try await site.start(
            ["notify", "--to", "admin", "--kind", "canary-seen", "--subject", "canary-by", "--title", "x"]
        ).answer()
        #expect(seen.status == 0)
        let over = ["notification", "resolve", "--kind", "canary-seen", "--subject", "canary-by"]
        #expect(try await site.start(over).answer().status == 0)
    }
}
