public import Events

/// What is told of a replay while it goes on.
public enum FoldNotice: Sendable {
    /// So far it has come.
    case reached(Position)
    /// This event was redacted: the states behind it are without its texts.
    case redacted(Position)
}
