import Foundation
import Testing

/// A file of the repository as the rules see it.
struct SourceFile: Sendable, CustomTestStringConvertible {
    /// From the repository's root: `Sources/Events/Event.swift`.
    let path: String
    /// The lines as they are.
    let lines: [String]
    /// The same lines with comments and the insides of strings blanked out, so that words in them are not taken for code.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        code = path.hasSuffix(".swift") ? CodeScanner(text).code : lines
    }

    var testDescription: String { path }
    var isSwift: Bool { path.hasSuffix(".swift") }
    var isTest: Bool { path.hasPrefix("Tests/") || path.hasPrefix("Benchmarks/") }
    /// `Events` for `Sources/Events/…`.
    var room: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    func isIn(_ prefixes: [String]) -> Bool { prefixes.contains { path.hasPrefix($0) } }
}

/// One breach of a rule.
struct Finding: Hashable, CustomStringConvertible {
    var path: String
    var line: Int
    var message: String

    var description: String { "\(path):\(line): \(message)" }
}

/// Something that must hold of every file.
struct Rule: Sendable {
    var name: String
    var check: @Sendable (SourceFile) -> [Finding]

    init(_ name: String, _ check: @escaping @Sendable (SourceFile) -> [Finding]) {
        self.name = name
        self.check = check
    }

    /// A pattern that no line of code may match, in the files that `applies` chooses.
    static func banned(
        _ name: String, _ pattern: String, because reason: String, in applies: @escaping @Sendable (SourceFile) -> Bool
    ) -> Rule {
        Rule(name) { file in
            guard applies(file), let expression = try? NSRegularExpression(pattern: pattern) else { return [] }
            return file.code.enumerated().compactMap { index, line in
                let whole = NSRange(line.startIndex..., in: line)
                guard let match = expression.firstMatch(in: line, range: whole),
                    let range = Range(match.range, in: line)
                else { return nil }
                return Finding(path: file.path, line: index + 1, message: "'\(line[range])': \(reason)")
            }
        }
    }
}

/// The repository that this file stands in.
enum SourceTree {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The sources, tests and scripts.
    static let files: [SourceFile] = {
        let endings = ["swift", "c", "h", "sh", "sql", "yaml"]
        var files: [SourceFile] = []
        for folder in ["Sources", "Tests", "Benchmarks", "examples", "bin", ".ci", "schema"] {
            let base = root.appendingPathComponent(folder)
            let paths = FileManager.default.enumerator(atPath: base.path)
            while let path = paths?.nextObject() as? String {
                let isScript = folder == "bin" || folder == ".ci"
                guard !path.contains(".build/"), isScript || endings.contains(URL(fileURLWithPath: path).pathExtension),
                    let text = try? String(contentsOf: base.appendingPathComponent(path), encoding: .utf8)
                else { continue }
                files.append(SourceFile(path: "\(folder)/\(path)", text: text))
            }
        }
        return files.sorted { $0.path < $1.path }
    }()
}
