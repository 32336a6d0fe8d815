/// The byte level of `JSONReader`.
extension JSONReader {
    @inlinable
    var peek: UInt8? {
        offset < bytes.count ? bytes[offset] : nil
    }

    @inlinable
    mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard peek == byte else { throw error("'\(Character(Unicode.Scalar(byte)))' is expected") }
        offset += 1
    }

    mutating func skipWord(_ word: String) -> Bool {
        guard bytes[offset...].starts(with: word.utf8) else { return false }
        offset += word.utf8.count
        return true
    }

    /// The next field's name as a range of bytes, the reader behind its colon; nil before the closing brace.
    mutating func nextKey() throws(JSONError) -> Range<Int>? {
        if peek == UInt8(ascii: ",") { offset += 1 }
        guard peek != UInt8(ascii: "}") else { return nil }
        let (range, _) = try scanString()
        try expect(UInt8(ascii: ":"))
        return range
    }

    /// Order of a key against a name, by bytes: for the names of this log the same as by UTF-16 units.
    func compare(_ key: Range<Int>, _ name: String) -> Int {
        var at = key.lowerBound
        for byte in name.utf8 {
            guard at < key.upperBound else { return -1 }
            if bytes[at] != byte { return bytes[at] < byte ? -1 : 1 }
            at += 1
        }
        return at == key.upperBound ? 0 : 1
    }

    @inlinable
    mutating func scanString() throws(JSONError) -> (Range<Int>, escaped: Bool) {
        try expect(UInt8(ascii: "\""))
        let start = offset
        // A variable of its own stays in a register.
        var at = start
        var escaped = false
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                offset = at + 1
                return (start..<at, escaped)
            case UInt8(ascii: "\\"):
                escaped = true
                at += 2
            case 0..<0x20:
                offset = at
                throw error("a control character stands in a string")
            default:
                at += 1
            }
        }
        offset = at
        throw error("the string has no end")
    }

    @usableFromInline
    func unescape(_ range: Range<Int>) throws(JSONError) -> String {
        var units: [UInt16] = []
        var text = ""
        var at = range.lowerBound
        func flush() {
            text += String(decoding: units, as: UTF16.self)
            units.removeAll(keepingCapacity: true)
        }
        while at < range.upperBound {
            guard bytes[at] == UInt8(ascii: "\\") else {
                flush()
                let end = bytes[at..<range.upperBound].firstIndex(of: UInt8(ascii: "\\")) ?? range.upperBound
                text += String(decoding: bytes[at..<end], as: UTF8.self)
                at = end
                continue
            }
            guard at + 1 < range.upperBound else { throw error("an escape has no end") }
            let (unit, length) = try escapedUnit(at + 1, range.upperBound)
            units.append(unit)
            at += 1 + length
        }
        flush()
        return text
    }

    private func escapedUnit(_ at: Int, _ end: Int) throws(JSONError) -> (UInt16, length: Int) {
        switch bytes[at] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return (UInt16(bytes[at]), 1)
        case UInt8(ascii: "b"): return (0x08, 1)
        case UInt8(ascii: "t"): return (0x09, 1)
        case UInt8(ascii: "n"): return (0x0a, 1)
        case UInt8(ascii: "f"): return (0x0c, 1)
        case UInt8(ascii: "r"): return (0x0d, 1)
        case UInt8(ascii: "u"):
            let digits = bytes[min(at + 1, end)..<min(at + 5, end)].compactMap(hexValue)
            guard digits.count == 4 else {
                throw JSONError(problem: "four hexadecimal digits are expected", offset: at)
            }
            return (digits.reduce(0) { $0 << 4 | $1 }, 5)
        default: throw JSONError(problem: "unknown escape", offset: at)
        }
    }

    private func hexValue(_ byte: UInt8) -> UInt16? {
        switch byte {
        case 0x30...0x39: UInt16(byte - 0x30)
        case 0x41...0x46: UInt16(byte - 0x41 + 10)
        case 0x61...0x66: UInt16(byte - 0x61 + 10)
        default: nil
        }
    }

    /// Passes over one value of any kind.
    mutating func skipValue(depth: Int = 0) throws(JSONError) {
        guard depth < Self.maximumDepth else { throw error("nested too deeply") }
        switch peek {
        case UInt8(ascii: "\""): _ = try scanString()
        case UInt8(ascii: "{"):
            offset += 1
            while try nextKey() != nil { try skipValue(depth: depth + 1) }
            offset += 1
        case UInt8(ascii: "["):
            offset += 1
            while peek != UInt8(ascii: "]") {
                try skipValue(depth: depth + 1)
                if peek == UInt8(ascii: ",") { offset += 1 }
            }
            offset += 1
        default:
            let start = offset
            while let byte = peek, byte != UInt8(ascii: ","), byte != UInt8(ascii: "}"), byte != UInt8(ascii: "]") {
                offset += 1
            }
            guard offset > start else { throw error("a value is expected") }
        }
    }
}
