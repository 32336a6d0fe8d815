/// A block of measurements as it is stored: what is in it is for others to know.
public struct MetricBlock: Sendable, Equatable {
    /// Which block of a host.
    public struct Key: Sendable, Hashable {
        /// Of what, at most 255 bytes.
        public let subject: [UInt8]
        /// Milliseconds of a step.
        public let resolution: Int
        /// Milliseconds since 1970.
        public let start: Int

        /// A key.
        public init(subject: [UInt8], resolution: Int, start: Int) {
            (self.subject, self.resolution, self.start) = (subject, resolution, start)
        }
    }

    /// Which.
    public let key: Key
    /// What is in it; nil where the bytes are not those that were written.
    public let data: [UInt8]?
    /// A coarser block holds it, or there is none that could.
    public let isRolledUp: Bool

    /// A block.
    public init(_ key: Key, data: [UInt8]?, isRolledUp: Bool = false) {
        (self.key, self.data, self.isRolledUp) = (key, data, isRolledUp)
    }
}
