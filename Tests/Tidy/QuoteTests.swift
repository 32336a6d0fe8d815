import Foundation
import Testing

/// A block of a page that says from which file it is: `<!-- examples/… -->` on the line above it.
struct Quote {
    let file: String
    let line: Int
    let text: String
}

@Suite("What the docs quote")
struct QuoteTests {
    static let programs = "examples/locks"
    static let page = "docs/locks-from-any-language.md"

    static func quotes(in text: String) -> [Quote] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.compactMap { index in
            guard let file = lines[index].wholeMatch(of: /<!-- (examples\/\S+) -->/)?.1, index + 1 < lines.count,
                lines[index + 1].hasPrefix("```")
            else { return nil }
            let block = lines[(index + 2)...].prefix { $0 != "```" }
            return Quote(file: String(file), line: index + 1, text: block.joined(separator: "\n") + "\n")
        }
    }

    static func read(_ path: String) throws -> String {
        try String(contentsOf: SourceTree.root.appendingPathComponent(path), encoding: .utf8)
    }

    @Test("is what stands in the file, to the letter")
    func same() throws {
        let docs = SourceTree.root.appendingPathComponent("docs").path
        var count = 0
        for page in try FileManager.default.subpathsOfDirectory(atPath: docs) where page.hasSuffix(".md") {
            for quote in Self.quotes(in: try Self.read("docs/" + page)) {
                #expect(try quote.text == Self.read(quote.file), "docs/\(page):\(quote.line): \(quote.file)")
                count += 1
            }
        }
        #expect(count >= 7)
    }

    @Test("is every program of examples/locks, and every program that the page shows is one of those")
    func whole() throws {
        let text = try Self.read(Self.page)
        let quoted = Self.quotes(in: text).map(\.file)
        let files = try FileManager.default.contentsOfDirectory(
            atPath: SourceTree.root.appendingPathComponent(Self.programs).path)
        #expect(quoted.sorted() == files.map { "\(Self.programs)/\($0)" }.sorted())
        let blocks = text.split(separator: "\n").filter { $0.wholeMatch(of: /```(bash|python|js)/) != nil }
        #expect(blocks.count == quoted.count)
    }
}
