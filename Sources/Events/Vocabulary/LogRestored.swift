/// `log.restored`: an older dump of the log was taken over. The one event that does not stand right behind the one before it:
/// it leaves out the positions that may have been given out since the dump, so that no token is issued twice.
public struct LogRestored: EventData {
    /// How far above the highest position that was seen it stands. So many positions may have been given out unseen.
    public static let jump = 1_000_000

    /// The last position of the restored database: that of the event before this one.
    public var previousHead: Position
    /// A user's name.
    public var by: String

    /// A take-over as the machine decided it; nothing is checked.
    public init(previousHead: Position, by: String) {
        self.previousHead = previousHead
        self.by = by
    }

    /// Throws where a field is missing: there is no optional one.
    public init(from reader: inout JSONReader) throws(JSONError) {
        by = try reader.string("by")
        previousHead = try reader.int("previousHead")
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("by", by)
        writer.field("previousHead", previousHead)
    }

    /// Never asked for: the numbers of the events behind it follow from this one.
    public var redacted: Self { Self(previousHead: previousHead, by: Self.redactedText) }
}

extension Event {
    /// True where it may stand at `position` as the next event behind `previous`: right behind it, or, for a `log.restored`
    /// that says so, at least its jump above it.
    public func mayFollow(_ previous: Position, at position: Position) -> Bool {
        guard case .logRestored(let data) = self else { return position == previous + 1 }
        return data.previousHead == previous && position - previous >= LogRestored.jump
    }
}

extension Fact {
    /// True where no event is missing between it and the one at `previous`.
    public func follows(_ previous: Position) -> Bool { event.mayFollow(previous, at: position) }

    /// Where the log went on from, for a `log.restored`: no event stands between there and here.
    public var jumpedFrom: Position? {
        guard case .logRestored(let data) = event, follows(data.previousHead) else { return nil }
        return data.previousHead
    }
}
