/// Why bytes could not be compressed or decompressed.
public struct LZ4Error: Error, Sendable, Equatable, CustomStringConvertible {
    /// Which failure it is. Open: later versions may know more codes.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's name, for logs and JSON.
        public let description: String

        /// The bytes are not LZ4, or a checksum does not match.
        public static let damaged = Code(description: "damaged")
        /// The bytes end before the frame does.
        public static let truncated = Code(description: "truncated")
        /// What comes out would be larger than the caller allows.
        public static let tooLarge = Code(description: "too-large")
        /// The library has no memory left, or input is larger than LZ4 can take.
        public static let library = Code(description: "library")
    }

    /// Which failure it is.
    public let code: Code
    /// One sentence for people.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
