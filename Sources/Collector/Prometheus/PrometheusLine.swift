/// A line as it is read from left to right. What is wrong is thrown in words.
struct PrometheusLine {
    struct Fault: Error {
        let words: String
        init(_ words: String) { self.words = words }
    }

    private var rest: Substring.UTF8View

    init(_ line: Substring.UTF8View) { rest = line }

    /// A backslash, a quotation mark and a newline, as they are escaped.
    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "\\"): UInt8(ascii: "\\"), UInt8(ascii: "\""): UInt8(ascii: "\""),
        UInt8(ascii: "n"): UInt8(ascii: "\n"),
    ]

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skipBlanks() {
        while let byte = rest.first, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { rest.removeFirst() }
    }

    /// Whether the next byte is that one, which then is read.
    mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: byte) else { return false }
        rest.removeFirst()
        return true
    }

    /// What comes before the next blank.
    mutating func word() -> String {
        let word = rest.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        rest = rest.dropFirst(word.count)
        return String(Substring(word))
    }

    /// The name of a metric, or of a label, which can have no colon.
    mutating func name(hasColon: Bool) throws(Fault) -> String {
        let name = rest.prefix { Self.isInName($0, hasColon: hasColon) }
        guard let first = name.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            throw Fault(hasColon ? "no name of a metric begins there" : "no name of a label begins there")
        }
        rest = rest.dropFirst(name.count)
        return String(Substring(name))
    }

    private static func isInName(_ byte: UInt8, hasColon: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        case UInt8(ascii: ":"): hasColon
        default: false
        }
    }

    /// The value of a label, from one quotation mark to the next.
    mutating func quoted() throws(Fault) -> String {
        guard take("\"") else { throw Fault("the value of a label stands in quotation marks") }
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let next = rest.popFirst(), let meant = Self.escapes[next] else {
                    throw Fault(#"only \\, \" and \n are escapes"#)
                }
                bytes.append(meant)
            default: bytes.append(byte)
            }
        }
        throw Fault("a quotation mark is missing")
    }

    /// A number as it is written, or NaN, +Inf, -Inf.
    mutating func value() throws(Fault) -> Double {
        let text = word()
        switch text {
        case "NaN": return .nan
        case "+Inf", "Inf": return .infinity
        case "-Inf": return -.infinity
        default:
            let isWritten = text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
            guard isWritten, let value = Double(text), value.isFinite else {
                throw Fault(text.isEmpty ? "the value is missing" : "'\(text.prefix(40))' is no value")
            }
            return value
        }
    }

    /// The rest of a line with help.
    mutating func help() throws(Fault) -> String {
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            guard let next = rest.popFirst(), next != UInt8(ascii: "\""), let meant = Self.escapes[next] else {
                throw Fault(#"only \\ and \n are escapes in help"#)
            }
            bytes.append(meant)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
