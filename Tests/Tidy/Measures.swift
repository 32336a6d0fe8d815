/// How long things may be, and what must be said about them.
enum Measures {
    static let longestFile = 400
    static let longestTestFile = 800
    static let longestFunction = 69

    static let rules: [Rule] = [fileLength, functionLength, documentation, unfinished]

    static let fileLength = Rule("files stay short") { file in
        guard file.isSwift else { return [] }
        let limit = file.isTest ? longestTestFile : longestFile
        guard file.lines.count > limit else { return [] }
        return [Finding(path: file.path, line: limit + 1, message: "\(file.lines.count) lines: more than \(limit)")]
    }

    static let functionLength = Rule("functions stay short") { file in
        guard file.isSwift else { return [] }
        return file.code.indices.compactMap { start in
            guard beginsFunction(file.code[start]), let end = endOfBlock(file.code, from: start) else { return nil }
            let length = end - start + 1
            guard length > longestFunction else { return nil }
            return Finding(
                path: file.path, line: start + 1, message: "a function of \(length) lines: more than \(longestFunction)"
            )
        }
    }

    /// `func`, `init` or `deinit` as the first word that is no modifier.
    static func beginsFunction(_ line: String) -> Bool {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "(" || $0 == "<" || $0 == "?" || $0 == "{" })
        for word in words where !word.hasPrefix("@") {
            if ["func", "init", "deinit"].contains(word) { return true }
            guard modifiers.contains(String(word)) else { return false }
        }
        return false
    }

    private static let modifiers: Set<String> = [
        "public", "package", "internal", "fileprivate", "private", "static", "class", "final", "mutating",
        "nonmutating",
        "borrowing", "consuming", "override", "convenience", "required", "nonisolated", "isolated", "indirect",
        "unsafe",
    ]

    /// The line on which the first block that opens at or behind `start` is closed; nil when none opens.
    private static func endOfBlock(_ code: [String], from start: Int) -> Int? {
        var depth = 0
        var parentheses = 0
        for index in start..<code.count {
            for character in code[index] {
                switch character {
                case "(": parentheses += 1
                case ")": parentheses -= 1
                case "{": depth += 1
                case "}":
                    depth -= 1
                    if depth < 0 { return nil }
                    if depth == 0, parentheses == 0 { return index }
                default: break
                }
            }
            // A requirement of a protocol has no block: the next declaration begins before one opens.
            let next = index + 1
            if depth == 0, parentheses == 0, next < code.count, beginsFunction(code[next]) { return nil }
        }
        return nil
    }

    static let documentation = Rule("public names are explained") { file in
        guard Walls.isSource(file) else { return [] }
        return file.code.indices.compactMap { index in
            guard isPublicDeclaration(file.code[index]), !isExplained(file, at: index) else { return nil }
            let name = file.lines[index].trimmed
            return Finding(path: file.path, line: index + 1, message: "no doc comment on '\(name)'")
        }
    }

    static func isPublicDeclaration(_ line: String) -> Bool {
        let words = line.split(separator: " ").drop { $0.hasPrefix("@") }
        guard words.contains("public"), words.first.map({ modifiers.contains(String($0)) }) == true else {
            return false
        }
        return !words.contains("import") && !words.contains("extension")
    }

    /// True when the lines above, attributes aside, end in a doc comment.
    private static func isExplained(_ file: SourceFile, at index: Int) -> Bool {
        var above = index - 1
        while above >= 0, file.lines[above].trimmed.hasPrefix("@") { above -= 1 }
        return above >= 0 && file.lines[above].trimmed.hasPrefix("///")
    }

    static let unfinished = Rule("nothing is left for later in a comment") { file in
        let words: Set<Substring> = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
        return file.lines.enumerated().compactMap { index, line in
            guard let word = line.split(whereSeparator: { !$0.isLetter }).first(where: words.contains) else {
                return nil
            }
            return Finding(path: file.path, line: index + 1, message: "\(word): do it, or write an issue")
        }
    }
}

extension String {
    /// Without spaces at its ends.
    var trimmed: String {
        var text = self[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
