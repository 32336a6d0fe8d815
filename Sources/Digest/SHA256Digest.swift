extension SHA256 {
    /// The 32 bytes of a SHA-256, as a value without a heap object.
    public struct Digest: Sendable, Hashable, CustomStringConvertible {
        typealias Words = InlineArray<4, UInt64>

        /// How many bytes there are.
        public static let byteCount = 32

        /// 32 zero bytes: what a chain begins with.
        public static let zero = Digest(words: Words(repeating: 0))

        // In memory order, so that their bytes are the digest's bytes.
        private let words: Words

        init(words: Words) { self.words = words }

        /// A digest from its 32 bytes; nil for another count.
        public init?(_ bytes: some Collection<UInt8>) {
            guard bytes.count == Self.byteCount else { return nil }
            var words = Words(repeating: 0)
            withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
            self.init(words: words)
        }

        /// A digest from its 32 bytes, lent; nil for another count. What replays a log makes two of them an event.
        public init?(_ bytes: Span<UInt8>) {
            guard bytes.count == Self.byteCount else { return nil }
            var words = Words(repeating: 0)
            bytes.withUnsafeBytes { source in
                Swift.withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: source) }
            }
            self.init(words: words)
        }

        /// A digest from 64 hexadecimal digits, large or small; nil for anything else.
        public init?(hex: String) {
            let digits = Array(hex.utf8)
            guard digits.count == 2 * Self.byteCount else { return nil }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(Self.byteCount)
            for index in stride(from: 0, to: digits.count, by: 2) {
                guard let high = Self.value(digits[index]), let low = Self.value(digits[index + 1]) else { return nil }
                bytes.append(high << 4 | low)
            }
            self.init(bytes)
        }

        /// The 32 bytes.
        public var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

        /// Lends the 32 bytes.
        public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
            try Swift.withUnsafeBytes(of: words, body)
        }

        /// 64 small hexadecimal digits.
        public var description: String {
            String(unsafeUninitializedCapacity: 2 * Self.byteCount) { text in
                withUnsafeBytes { bytes in
                    for (index, byte) in bytes.enumerated() {
                        text[2 * index] = Self.digit(byte >> 4)
                        text[2 * index + 1] = Self.digit(byte & 15)
                    }
                }
                return 2 * Self.byteCount
            }
        }

        /// Compares all 32 bytes; not in constant time, as digests are no secrets here.
        public static func == (left: Digest, right: Digest) -> Bool {
            left.words[0] == right.words[0] && left.words[1] == right.words[1] && left.words[2] == right.words[2]
                && left.words[3] == right.words[3]
        }

        /// Feeds the 32 bytes to `hasher`.
        public func hash(into hasher: inout Hasher) {
            withUnsafeBytes { hasher.combine(bytes: $0) }
        }

        private static func digit(_ value: UInt8) -> UInt8 {
            value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
        }

        private static func value(_ digit: UInt8) -> UInt8? {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
            default: nil
            }
        }
    }
}
