import Events
import Projections

/// One event as a line: `position  time  type  what happened`, in columns of fixed width, as nobody knows what is still to
/// come. As wide as the terminal.
struct EventLine {
    private static let positionWidth = 7
    private static let typeWidth = 19

    private let line: String

    init(_ position: Position, _ at: Timestamp, _ type: String, _ words: String) {
        let position = String(position)
        let space = String(repeating: " ", count: max(0, Self.positionWidth - position.count))
        let type = type + String(repeating: " ", count: max(0, Self.typeWidth - type.count))
        line = "\(space)\(position)  \(at)  \(type)  \(oneLine(words))"
    }

    func text(_ context: Context) -> String {
        guard let columns = context.streams.columns, line.count > columns else { return line + "\n" }
        return line.prefix(columns - 1) + "…\n"
    }
}
