/// A name in which something stands for what is put in its place: `{}` for a label, `{app}` for an app. It is taken apart once and
/// not for each line.
struct GraphiteTemplate: Sendable {
    private enum Piece: Equatable {
        case text(String)
        case label, app
    }

    private let pieces: [Piece]
    let hasLabel: Bool

    init(_ text: String) {
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            pieces.append(.text(String(rest[..<open])))
            pieces.append(rest[open...close] == "{}" ? .label : .app)
            rest = rest[close...].dropFirst()
        }
        pieces.append(.text(String(rest)))
        (self.pieces, hasLabel) = (pieces, pieces.contains(.label))
    }

    func path(below prefix: String, label: String = "", app: String = "") -> String {
        var path = prefix
        path += "."
        for piece in pieces {
            switch piece {
            case .text(let text): path += text
            case .label: path += label
            case .app: path += app
            }
        }
        return path
    }
}
