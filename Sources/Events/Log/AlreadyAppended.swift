/// The command is in the log already, at these positions: it was given before, and its answer was lost.
public struct AlreadyAppended: Error, Sendable, CustomStringConvertible {
    /// Those of the command's first and last event, and all between: a command's events lie together.
    public var positions: Range<Position>

    /// Where it landed.
    public init(positions: Range<Position>) {
        self.positions = positions
    }

    /// One sentence with both positions.
    public var description: String {
        "this command was appended before, at positions \(positions.lowerBound) to \(positions.upperBound - 1)"
    }
}
