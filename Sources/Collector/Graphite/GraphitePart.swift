/// What stands between two dots of a name in Graphite.
enum GraphitePart {
    /// The longest one: each becomes the name of a file or directory, which may be 255 bytes with its ending.
    static let maximumBytes = 200

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "+"),
            UInt8(ascii: "@"), UInt8(ascii: ":"), UInt8(ascii: "%"):
            true
        default: false
        }
    }

    /// As collectd's `EscapeCharacter "_"` has it, and besides without what means something to Graphite's queries or to a file system.
    /// Nil for what is empty or too long: cut, it could be the name of another.
    static func escaped(_ text: some StringProtocol) -> String? {
        guard !text.isEmpty, text.utf8.count <= maximumBytes else { return nil }
        if text.utf8.allSatisfy(isAllowed) { return String(text) }
        var part = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            part.append(scalar.isASCII && isAllowed(UInt8(truncatingIfNeeded: scalar.value)) ? scalar : "_")
        }
        return String(part)
    }

    /// The same for an id, of which no two may have one name: what stands for itself does so, all else is `%` and two hexadecimal digits
    /// for each of its bytes.
    static func encoded(_ id: String) -> String? {
        var part = ""
        for byte in id.utf8 {
            if isAllowed(byte), byte != UInt8(ascii: "%") {
                part.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                part += "%" + (digits.utf8.count < 2 ? "0" : "") + digits
            }
        }
        return escaped(part)
    }

    /// Whether nothing of it has to be replaced.
    static func isOne(_ text: Substring) -> Bool { escaped(text) == String(text) }
}
