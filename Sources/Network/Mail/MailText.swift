internal import Events

/// Text as it may stand in a mail (RFC 5322, 2045 and 2047).
enum MailText {
    /// The longest line of an encoded body or header, RFC 2045 §6.7 and RFC 2047 §2.
    static let lineBytes = 76

    /// U+FFFD for a control character that has no place in a text; tabs and line feeds have.
    static func shown(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        isControl(scalar) && scalar != "\t" && scalar != "\n" && scalar != "\r" ? "\u{FFFD}" : scalar
    }

    /// Control characters, the two separators that some take for line breaks, and what turns the direction of the text behind
    /// it: none of them belongs into a line of a header.
    static func isRefusedInHeader(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: isControl(scalar)
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }

    /// A value of a header behind `name: `. As it is where nobody could take it for anything else; otherwise as words of
    /// RFC 2047, one a line.
    static func headerValue(_ text: String, isPlain: (UInt8) -> Bool) -> String {
        let utf8 = text.utf8
        let isShort = utf8.count <= lineBytes - 12
        let isClear = !["=?", "  "].contains(where: text.contains) && !text.hasPrefix(" ") && !text.hasSuffix(" ")
        if isShort, isClear, utf8.allSatisfy(isPlain) { return text }
        return chunks(of: text).map { "=?utf-8?B?\(Base64.encoded($0))?=" }.joined(separator: "\r\n ")
    }

    /// Pieces that make a word of at most 64 octets each, so that the name of a header has room before it. No character is cut.
    private static func chunks(of text: String) -> [[UInt8]] {
        var chunks: [[UInt8]] = [[]]
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if chunks[chunks.count - 1].count + bytes.count > 39 { chunks.append([]) }
            chunks[chunks.count - 1] += bytes
        }
        return chunks
    }

    /// Quoted-printable (RFC 2045 §6.7) with CRLF; every line break of the text is one, and it ends in one.
    ///
    /// No line of it can be a boundary that has `=_` in it.
    static func quotedPrintable(_ text: String) -> String {
        var encoded = ""
        for line in lines(of: text) {
            var length = 0
            let bytes = Array(line.utf8)
            for (index, byte) in bytes.enumerated() {
                // A space at the end of a line would be lost on the way.
                let isPlain =
                    byte == 0x20 ? index < bytes.count - 1 : (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=")
                let piece = isPlain ? String(Unicode.Scalar(byte)) : "=" + hexadecimal(byte)
                if length + piece.utf8.count > lineBytes - 1 {
                    encoded += "=\r\n"
                    length = 0
                }
                encoded += piece
                length += piece.utf8.count
            }
            encoded += "\r\n"
        }
        return encoded
    }

    /// Without their ends; none is empty behind the last one's.
    private static func lines(of text: String) -> [String] {
        var lines = [""]
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            let isEnd = scalar == "\r" || scalar == "\n" && previous != "\r"
            if isEnd {
                lines.append("")
            } else if scalar != "\n" {
                lines[lines.count - 1].unicodeScalars.append(shown(scalar))
            }
            previous = scalar
        }
        if lines.count > 1, lines.last == "" { lines.removeLast() }
        return lines
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.count < 2 ? "0" + digits : digits
    }
}
