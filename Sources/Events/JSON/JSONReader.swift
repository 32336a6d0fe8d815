/// What is wrong with a JSON text, and where.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, as a clause for a person.
    public var problem: String
    /// Byte offset from the start of the text.
    public var offset: Int

    /// The problem and its place, in one line.
    public var description: String { "\(problem) at byte \(offset)" }
}

/// Reads canonical JSON (RFC 8785) in one pass, field by field.
///
/// Because canonical fields stand in ascending order, a field that is asked for is either next, or behind unknown fields
/// that sort before it, or absent: no dictionary is built and nothing is allocated but the strings that are asked for.
/// A replay decodes every event this way; a generic decoder costs ten times as much. The caller asks in ascending order.
public struct JSONReader {
    /// The whole text.
    public let bytes: [UInt8]
    /// Where the next value begins, in bytes from the start of the text.
    public var offset: Int

    /// Values nested deeper than this are refused, so that no input can exhaust the stack.
    public static let maximumDepth = 32

    /// Begins at the first byte, or at `offset`; bytes behind the first value are not noticed (`read` does).
    public init(_ bytes: [UInt8], at offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    /// Reads one whole text with `body`; anything behind it is an error.
    public static func read<Value>(
        _ bytes: [UInt8], _ body: (inout JSONReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        var reader = JSONReader(bytes)
        let value = try body(&reader)
        guard reader.offset == bytes.count else { throw reader.error("unexpected bytes behind the value") }
        return value
    }

    /// Reads an object: `body` asks for its fields in ascending order; those that it does not ask for are passed over.
    public mutating func object<Value>(
        _ body: (inout JSONReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        try expect(UInt8(ascii: "{"))
        let value = try body(&self)
        while try nextKey() != nil { try skipValue() }
        try expect(UInt8(ascii: "}"))
        return value
    }

    /// Reads an array, in order; `element` must read exactly one value each time.
    public mutating func array<Element>(
        _ element: (inout JSONReader) throws(JSONError) -> Element
    ) throws(JSONError) -> [Element] {
        try expect(UInt8(ascii: "["))
        var elements: [Element] = []
        if peek == UInt8(ascii: "]") {
            offset += 1
            return elements
        }
        while true {
            elements.append(try element(&self))
            guard peek == UInt8(ascii: ",") else { break }
            offset += 1
        }
        try expect(UInt8(ascii: "]"))
        return elements
    }

    /// Reads an object of somebody else's, whose fields stand in any order: `body` is given each name, with the reader on its value,
    /// and says whether it has read that. What it has not is passed over.
    public mutating func fields(
        _ body: (inout JSONReader, _ name: String) throws(JSONError) -> Bool
    ) throws(JSONError) {
        try expect(UInt8(ascii: "{"))
        while let key = try nextKey() {
            let start = offset
            guard try !body(&self, try unescape(key)) else { continue }
            offset = start
            try skipValue()
        }
        try expect(UInt8(ascii: "}"))
    }

    /// Positions the reader on the value of field `name`; false, and no move past later fields, when it is absent.
    public mutating func find(_ name: String) throws(JSONError) -> Bool {
        while true {
            let start = offset
            guard let key = try nextKey() else { return false }
            switch compare(key, name) {
            case 0: return true
            case ..<0: try skipValue()
            default:
                offset = start
                return false
            }
        }
    }

    /// The text of field `name`. Throws when it is absent or no string.
    public mutating func string(_ name: String) throws(JSONError) -> String {
        guard try find(name) else { throw error("field '\(name)' is missing") }
        return try stringValue()
    }

    /// The text of field `name`, nil when it is absent. Throws when it is no string: null is never written.
    public mutating func optionalString(_ name: String) throws(JSONError) -> String? {
        try find(name) ? try stringValue() : nil
    }

    /// The texts of field `name`; none when it is absent.
    public mutating func optionalStrings(_ name: String) throws(JSONError) -> [String] {
        guard try find(name) else { return [] }
        return try array { element throws(JSONError) in try element.stringValue() }
    }

    /// The number of field `name`. Throws when it is absent, no whole number, or too large for `Int`.
    public mutating func int(_ name: String) throws(JSONError) -> Int {
        guard try find(name) else { throw error("field '\(name)' is missing") }
        return try intValue()
    }

    /// The number of field `name`, nil when it is absent. Throws when it is no whole number, or too large for `Int`.
    public mutating func optionalInt(_ name: String) throws(JSONError) -> Int? {
        try find(name) ? try intValue() : nil
    }

    /// The truth of field `name`, nil when it is absent. Throws when it is neither true nor false.
    public mutating func optionalBool(_ name: String) throws(JSONError) -> Bool? {
        guard try find(name) else { return nil }
        return try boolValue()
    }

    /// Reads a whole number and stops behind its last digit. Throws for anything else, and for one too large for `Int`.
    @inlinable
    public mutating func intValue() throws(JSONError) -> Int {
        let negative = peek == UInt8(ascii: "-")
        if negative { offset += 1 }
        let start = offset
        // A variable of its own stays in a register.
        var (at, value) = (start, 0)
        while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 {
            let digit = Int(bytes[at] & 0x0f)
            // Eighteen digits always fit.
            if at - start < 18 {
                value = value &* 10 &+ digit
            } else {
                let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
                let (sum, carried) = product.addingReportingOverflow(digit)
                guard !overflowed, !carried else {
                    offset = at
                    throw error("the number is too large")
                }
                value = sum
            }
            at += 1
        }
        offset = at
        guard at > start else { throw error("a whole number is expected") }
        return negative ? -value : value
    }

    /// Reads `true` or `false`; throws for anything else.
    public mutating func boolValue() throws(JSONError) -> Bool {
        if skipWord("true") { return true }
        if skipWord("false") { return false }
        throw error("true or false is expected")
    }

    /// Reads a string, its escapes resolved; bytes that are not UTF-8 become U+FFFD.
    public mutating func stringValue() throws(JSONError) -> String {
        let (range, escaped) = try scanString()
        return escaped ? try unescape(range) : String(decoding: bytes[range], as: UTF8.self)
    }

    /// The value of field `name`, whatever it is, byte for byte. Throws when it is absent.
    public mutating func raw(_ name: String) throws(JSONError) -> [UInt8] {
        guard try find(name) else { throw error("field '\(name)' is missing") }
        return try rawValue()
    }

    /// All fields of an object, each value byte for byte.
    public mutating func rawFields() throws(JSONError) -> [(name: String, value: [UInt8])] {
        try object { reader throws(JSONError) in
            var fields: [(name: String, value: [UInt8])] = []
            while let key = try reader.nextKey() {
                fields.append((try reader.unescape(key), try reader.rawValue()))
            }
            return fields
        }
    }

    private mutating func rawValue() throws(JSONError) -> [UInt8] {
        let start = offset
        try skipValue()
        return Array(bytes[start..<offset])
    }

    @usableFromInline
    package func error(_ problem: String) -> JSONError {
        JSONError(problem: problem, offset: offset)
    }
}
