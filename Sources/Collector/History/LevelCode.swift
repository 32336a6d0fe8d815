/// A level as the history keeps it: sign, exponent and the first ten bits of the fraction of a `Double`, as one whole number.
/// Near levels have near codes, and codes are ordered as their levels are. Whole numbers below 2,048 are kept as they are; of
/// everything else at most 1/2,048 of it is lost.
public struct LevelCode: Sendable, Hashable, Comparable {
    /// Bits of the fraction that a code leaves out.
    private static let droppedBits: UInt64 = 42
    private static let greatest = Int32(Double.greatestFiniteMagnitude.bitPattern >> droppedBits)

    let number: Int32

    /// Of what was not measured.
    static let missing = LevelCode(number: .min)

    /// Nil for what a file or a block cannot mean.
    init?(exactly number: Int) {
        guard abs(number) <= Int(Self.greatest) else { return nil }
        self.number = Int32(number)
    }

    private init(number: Int32) { self.number = number }

    /// Nil for what is no finite number.
    public init?(_ level: Double) {
        guard level.isFinite else { return nil }
        let rounded = (level.magnitude.bitPattern + 1 << (Self.droppedBits - 1)) >> Self.droppedBits
        let magnitude = min(Int32(rounded), Self.greatest)
        number = level < 0 ? -magnitude : magnitude
    }

    /// The level that is meant.
    public var level: Double {
        let magnitude = Double(bitPattern: UInt64(number.magnitude) << Self.droppedBits)
        return number < 0 ? -magnitude : magnitude
    }

    /// As the levels are ordered.
    public static func < (left: LevelCode, right: LevelCode) -> Bool { left.number < right.number }
}
