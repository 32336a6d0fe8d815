import Events
import Foundation
import Projections
import Testing

@Suite("How a deadlock came about")
struct StoryTests {
    @Test("In a plain ring it was inevitable since the last grant among what is held")
    func plain() throws {
        for scene in [try Scene.two(), try Scene.upgraders()] {
            let story = try scene.story()
            #expect(story.inevitable.position == story.lanes.compactMap(\.party.holds?.token).max())
            #expect(story.inevitable.kind == .lockGranted)
        }
    }

    @Test("A grant that was given up again is not what made it inevitable")
    func interrupted() throws {
        var scene = Scene()
        try scene.asks("a", "/a")
        try scene.asks("b", "/b")
        try scene.release("b")
        try scene.asks("b", "/b")
        try scene.asks("a", "/b")
        try scene.asks("b", "/a")
        let story = try scene.story()
        #expect(story.inevitable.position == scene.platform.locks.grants(of: SessionID("b")).first?.token)
        #expect(story.inevitable.difference.contains("holds /b"))
    }

    @Test("Fewer slots make it inevitable where no grant does")
    func slots() throws {
        var scene = Scene()
        try scene.slots("/s", 2)
        try scene.asks("a", "t:/s")
        try scene.asks("b", "/b")
        try scene.slots("/s", 1)
        try scene.asks("b", "t:/s")
        try scene.asks("a", "/b")
        #expect(try scene.story().inevitable.kind == .slotsConfigured)
    }

    @Test("Who only waits behind two others in a ring of their own waits for ever too")
    func behindOthers() throws {
        var scene = Scene()
        try scene.asks("b", "/b")
        try scene.asks("c", "/d")
        try scene.asks("a", "/a")
        try scene.release("c")
        // With what they want in the end, `b` and `c` stood in a ring before `a` held anything.
        #expect(try scene.asks("c", "/b").isQueued)
        #expect(try scene.asks("b", "/a", "/d").isQueued)
        #expect(try scene.asks("a", "/b").cycle?.map(\.words) == ["a holds /a, wants /b", "b holds /b, wants /a"])
        let story = try scene.story()
        #expect(story.inevitable.position == scene.tokens(of: "c").first)
    }

    @Test("Whose child waits for ever waits for ever too, whichever of his requests was refused")
    func child() throws {
        var scene = Scene()
        try scene.slots("/s", 2)
        for (name, wanted) in [("a", "t:/s"), ("d", "t:/s"), ("p", "/p"), ("e", "/x"), ("f", "/y")] {
            try scene.asks(name, wanted)
        }
        #expect(try scene.asks("k", "/x", under: "p").isQueued)
        #expect(try scene.asks("p", "t:/s").isQueued, "d may end")
        #expect(try scene.asks("a", "/p").isQueued)
        try scene.slots("/s", 1)
        try scene.release("f")
        // With what they want in the end, `e` and `f` stood in a ring, and `k` waited for it.
        try scene.asks("g", "/y")
        #expect(try scene.asks("e", "/y").isQueued)
        #expect(try scene.asks("f", "/x").isQueued)
        let wish = try #require(scene.platform.locks.requests(of: SessionID("p")).first)
        #expect(
            try scene.judged { .reconsider(wish.id, alive: $0) }.cycle?.map(\.words)
                == ["p holds /p, wants /s (slot)", "a holds /s (slot), wants /p"])
        let story = try scene.story()
        #expect(story.inevitable.position == scene.tokens(of: "f").first)
    }

    @Test("It tells of each party where it asked for what it holds, and what it holds besides")
    func lanes() throws {
        let scene = try Scene.two()
        let story = try scene.story()
        #expect(story.lanes.map(\.party.session?.text) == ["backup", "copy"])
        #expect(story.lanes[0].besides.map(\.lock.path.text) == ["/mail"])
        for lane in story.lanes {
            let asked = try #require(lane.asked)
            guard case .lockRequested(let data) = scene.facts[asked.position - 1].event else {
                Issue.record("no request at \(asked.position)")
                return
            }
            #expect(data.session == lane.party.session)
            #expect(data.locks.contains { $0 == lane.party.holds?.lock })
        }
    }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Pictures")

    /// `INTERLOCK_RECORD=1 swift test --filter StoryTests` draws them anew: look at each, as a picture, before it is kept.
    @Test("is drawn as it was", arguments: ["two", "upgraders", "ring", "task"])
    func pictures(_ name: String) throws {
        let scene =
            switch name {
            case "two": try Scene.two()
            case "upgraders": try Scene.upgraders()
            case "ring": try Scene.ring()
            default: try Scene.task()
            }
        let story = try scene.story()
        for (text, type) in [
            (story.svg(for: .administrator).text, "svg"), (story.dot(for: .administrator).text, "dot"),
        ] {
            let file = Self.folder.appending(path: "\(name).\(type)")
            if ProcessInfo.processInfo.environment["INTERLOCK_RECORD"] == "1" {
                try text.write(to: file, atomically: true, encoding: .utf8)
            }
            #expect(try String(contentsOf: file, encoding: .utf8) == text, "\(file.lastPathComponent)")
        }
    }

    @Test("is drawn with whatever people call things")
    func hostile() throws {
        var scene = Scene()
        for (name, other) in [("</text><script>", "/b"), ("\"&\\n", "/a")] {
            try scene.asks(name, other == "/b" ? "/a" : "/b")
        }
        try scene.asks("</text><script>", "/b")
        try scene.asks("\"&\\n", "/a")
        let svg = try scene.story().svg(for: .administrator).text
        #expect(!svg.contains("<script>"))
        #expect(throws: Never.self) { _ = try XMLDocumentCheck.parse(svg) }
    }
}

/// Whether a text is well-formed, as another program sees it.
private enum XMLDocumentCheck {
    struct Malformed: Error {}

    /// Every element that begins ends, in its order, and no text holds a bare `<` or `&`.
    static func parse(_ text: String) throws -> Int {
        var open: [Substring] = []
        var count = 0
        for part in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
            guard let end = part.firstIndex(of: ">") else { throw Malformed() }
            let tag = part[..<end]
            let rest = part[part.index(after: end)...]
            for entity in rest.split(separator: "&", omittingEmptySubsequences: false).dropFirst() {
                guard ["amp;", "lt;", "gt;", "quot;"].contains(where: { entity.hasPrefix($0) }) else {
                    throw Malformed()
                }
            }
            count += 1
            if tag.hasPrefix("/") {
                guard open.popLast() == tag.dropFirst() else { throw Malformed() }
            } else if !tag.hasSuffix("/") {
                open.append(tag.split(separator: " ").first ?? "")
            }
        }
        guard open.isEmpty else { throw Malformed() }
        return count
    }
}

extension Rendition {
    var text: String { String(decoding: bytes, as: UTF8.self) }
}
