/// A number of bytes, as people write it: `512M`.
public struct ByteSize: Hashable, Sendable, Comparable {
    /// The number itself.
    public var bytes: Int

    /// `bytes` bytes.
    public init(bytes: Int) {
        self.bytes = bytes
    }

    /// Reads `4096`, `64K`, `512M`, `2G` or `1T` (powers of 1,024, as systemd has them); nil for anything else.
    public init?(written text: String) {
        let digits = text.utf8.prefix { $0 >= 0x30 && $0 <= 0x39 }
        guard !digits.isEmpty, let number = Int(String(digits) ?? "") else { return nil }
        let shift: Int
        switch String(text.utf8.dropFirst(digits.count)) ?? "?" {
        case "": shift = 0
        case "K": shift = 10
        case "M": shift = 20
        case "G": shift = 30
        case "T": shift = 40
        default: return nil
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
        guard !overflow else { return nil }
        self.bytes = bytes
    }

    /// Fewer bytes come first.
    public static func < (left: ByteSize, right: ByteSize) -> Bool { left.bytes < right.bytes }
}
