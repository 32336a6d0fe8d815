/// Base64 as RFC 4648 §4 has it: with padding, without line breaks.
public enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Four characters for three bytes each.
    public static func encoded(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0..<4 {
                text.append(index <= group.count ? digits[bits >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for what `encoded` never writes.
    public static func decoded(_ text: some StringProtocol) -> [UInt8]? {
        let written = Array(text.utf8)
        let body = written.prefix { $0 != UInt8(ascii: "=") }
        var bytes: [UInt8] = []
        var (bits, count) = (0, 0)
        for character in body {
            guard let digit = digits.firstIndex(of: character) else { return nil }
            (bits, count) = (bits << 6 | digit, count + 6)
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(bits >> count & 0xFF))
                bits &= 1 << count - 1
            }
        }
        // There is one way only to write these bytes: padding and the bits that nobody needs are judged with it.
        return encoded(bytes).utf8.elementsEqual(written) ? bytes : nil
    }
}
