import Events
import Testing

@testable import Projections

/// Every text that is not for everybody is a canary here, and is looked for in all that lesser viewers are shown.
@Suite("A canary")
struct CanaryTests {
    /// Who is no administrator; none of them has to do with the app `blog`.
    static let lesser = [Role.usermanager, .mailmanager, .user].map {
        Viewer(role: $0, name: "ann", operates: ["wiki"])
    }

    /// What a role may see besides users; the rest is hidden from it.
    private static func sees(_ viewer: Viewer, _ list: String) -> Bool {
        let lists: [Role: [String]] = [
            .usermanager: ["user"],
            .mailmanager: ["mail", "mailStatus", "mailApp", "mailProblem", "wish", "served", "refusedName"],
        ]
        return lists[viewer.role]?.contains(list) ?? false
    }

    /// Hidden fields that name things, tell times or choose from a few words.
    private static let wordless: Set<String> = [
        "stream", "task", "outcome", "state", "finding", "advice", "kept", "running", "over", "session", "log", "at",
        "on",
        "types", "oldest", "newest", "name", "erased", "type", "payloadHash", "hash", "base64", "user", "role",
        "addedAt", "app", "step", "channel", "telling", "severity", "firstAt", "lastAt", "acknowledgedAt", "resolvedAt",
        "audience", "cause", "reconfiguredAt", "reconfiguredBy", "from",
    ]

    @Test("sits in every list of fields, in each of them that is hidden")
    func everywhere() throws {
        let samples = try Sample.all()
        #expect(samples.map(\.list).sorted() == fieldLists.map(\.name).sorted())
        for sample in samples {
            for field in sample.fields {
                #expect(!field.values.isEmpty, "\(sample.list).\(field.name) is never there")
                guard field.audience != .everyone, !Self.wordless.contains(field.name) else { continue }
                let texts = field.values.map(\.text)
                let hasText = texts.contains { $0.contains("\"") }
                #expect(!hasText || texts.contains { $0.contains("canary") }, "\(sample.list).\(field.name): \(texts)")
            }
        }
    }

    @Test("is in nothing that lesser viewers are shown", arguments: lesser)
    func views(viewer: Viewer) throws {
        for sample in try Sample.all() where !Self.sees(viewer, sample.list) {
            for shown in sample.shown(Onlooker(viewer)) {
                #expect(!shown.text.contains("canary"), "\(sample.list): \(shown.text)")
                #expect(!shown.text.contains(Base64.encoded(Array("canary".utf8))), "\(sample.list): \(shown.text)")
            }
        }
        let (story, life) = (try Sample.story(), try Sample.life())
        let line = TaskLogLine(
            app: "blog", at: "T", stream: "out", text: [], continues: false, bytes: Array(canary("output").utf8))
        let renditions = [
            story.dot(for: viewer), story.svg(for: viewer), rendition(of: life, for: viewer),
            rendition(of: line, for: viewer),
            rendition(of: [MailCredential(user: canary("user"), saltedHash: Array("canary".utf8))], for: viewer),
        ]
        for rendition in renditions { #expect(!rendition.text.contains("canary"), "\(rendition.text)") }
        #expect(renditions.prefix(3).allSatisfy { !$0.bytes.isEmpty })
    }

    @Test("is shown to an operator where it is about his app, and nowhere else")
    func operators() throws {
        let viewer = Viewer(role: .user, name: "ann", operates: ["blog"])
        let samples = Dictionary(uniqueKeysWithValues: try Sample.all().map { ($0.list, $0) })
        func text(_ list: String) throws -> String {
            try #require(samples[list]).shown(Onlooker(viewer)).map(\.text).joined()
        }
        for list in ["held", "waiting", "history", "wait", "order", "party", "lane", "obstacle", "link"] {
            #expect(try text(list).contains(canary("label")), "\(list)")
            #expect(try !text(list).contains(canary("by")), "\(list)")
        }
        for list in ["held", "history", "wait", "holding", "obstacle"] {
            #expect(try text(list).contains(canary("reason")), "\(list)")
        }
        let task = try text("task")
        for what in ["evidence", "message", "argument"] { #expect(task.contains(canary(what)), "\(what)") }
        for what in ["requester", "unique", "stopper", "why"] { #expect(!task.contains(canary(what)), "\(what)") }
        #expect(try text("logLine").contains(canary("output")))
        for list in ["event", "eventLine", "life", "step", "reaction", "adoption", "plan", "session"] {
            #expect(try !text(list).contains("canary"), "\(list)")
        }
        let table = try text("table")
        #expect(table.contains(#""path":"/b","mode":"exclusive","session":"a","token":3,"since""#))
        #expect(table.components(of: canary("reason")) == 2, "held and wanted /app/blog, and not /b: \(table)")
        let picture = try Sample.story().dot(for: viewer).text
        #expect(picture.contains(canary("label")) && !picture.contains(canary("difference")))
    }

    @Test("that nobody of a list may see takes its row along")
    func rows() throws {
        let check = HealthCheck(name: "n", finding: "f", isOK: true)
        for viewer in Self.lesser {
            let seen = view(of: [check], for: viewer)
            #expect(seen.text == "[]" && seen.isWithheld)
            #expect(!view(of: [HealthCheck](), for: viewer).isWithheld)
            #expect(view(of: LogVerdict(.whole(events: 1, head: 1, tip: "t")), for: viewer).isWithheld)
        }
        #expect(view(of: [check], for: .administrator).rows.count == 1)
    }
}

extension String {
    /// How often `text` stands in it.
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
