/// Blanks out comments and the insides of string literals of Swift code, line by line. Interpolations count as string.
struct CodeScanner {
    private enum Mode: Equatable {
        case code
        case lineComment
        case blockComment(depth: Int)
        case string(hashes: Int, isMultiline: Bool)
    }

    /// The lines, as many and as long as the text's.
    private(set) var code: [String] = []
    private let text: [Character]
    private var index = 0
    private var line = ""
    private var mode = Mode.code

    init(_ text: String) {
        self.text = Array(text)
        while index < self.text.count { step() }
        code.append(line)
    }

    private func has(_ word: String) -> Bool {
        text[index...].starts(with: word)
    }

    private mutating func take(_ count: Int, blank: Bool) {
        for _ in 0..<count where index < text.count {
            line.append(blank ? " " : text[index])
            index += 1
        }
    }

    private mutating func step() {
        if text[index] == "\n" {
            code.append(line)
            line = ""
            index += 1
            if mode == .lineComment { mode = .code }
            // A string on one line ends with it, whatever stands in it.
            if case .string(_, isMultiline: false) = mode { mode = .code }
            return
        }
        switch mode {
        case .code: stepCode()
        case .lineComment: take(1, blank: true)
        case .blockComment(let depth): stepComment(depth)
        case .string(let hashes, let isMultiline): stepString(hashes, isMultiline)
        }
    }

    private mutating func stepCode() {
        if has("//") {
            mode = .lineComment
        } else if has("/*") {
            mode = .blockComment(depth: 1)
            take(2, blank: true)
        } else if let hashes = openingHashes() {
            let isMultiline = text[(index + hashes)...].starts(with: "\"\"\"")
            take(hashes + (isMultiline ? 3 : 1), blank: false)
            mode = .string(hashes: hashes, isMultiline: isMultiline)
        } else {
            take(1, blank: false)
        }
    }

    /// The number of `#` before a quotation mark that begins a string here; nil when none begins.
    private func openingHashes() -> Int? {
        let hashes = text[index...].prefix { $0 == "#" }.count
        let quote = index + hashes
        return quote < text.count && text[quote] == "\"" ? hashes : nil
    }

    private mutating func stepComment(_ depth: Int) {
        if has("*/") {
            mode = depth == 1 ? .code : .blockComment(depth: depth - 1)
            take(2, blank: true)
        } else if has("/*") {
            mode = .blockComment(depth: depth + 1)
            take(2, blank: true)
        } else {
            take(1, blank: true)
        }
    }

    private mutating func stepString(_ hashes: Int, _ isMultiline: Bool) {
        let end = (isMultiline ? "\"\"\"" : "\"") + String(repeating: "#", count: hashes)
        let escape = "\\" + String(repeating: "#", count: hashes)
        if has(end) {
            mode = .code
            take(end.count, blank: false)
        } else if has(escape), text.indices.contains(index + escape.count), text[index + escape.count] != "\n" {
            if text[index + escape.count] == "(" {
                take(escape.count, blank: true)
                skipInterpolation()
            } else {
                take(escape.count + 1, blank: true)
            }
        } else {
            take(1, blank: true)
        }
    }

    /// Blanks `(…)`, strings in it included.
    private mutating func skipInterpolation() {
        var depth = 0
        var isInString = false
        while index < text.count, text[index] != "\n" {
            let character = text[index]
            take(1, blank: true)
            if isInString, character == "\\" { take(1, blank: true) }
            if character == "\"" { isInString.toggle() }
            guard !isInString else { continue }
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if depth == 0 { return }
        }
    }
}
