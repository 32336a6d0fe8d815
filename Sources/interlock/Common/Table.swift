import Projections
import System

/// Aligned columns for people. Scripts read `--json`.
struct Table {
    /// How a column's cells stand.
    enum Alignment {
        case left, right
    }

    /// One column: its heading and how its cells stand.
    struct Column {
        var title: String
        var alignment: Alignment

        init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    /// The narrowest that a cut column becomes.
    static let minimumCutWidth = 8

    private let columns: [Column]
    private var rows: [[String]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; cells that are missing are empty, those beyond the last column are left out.
    mutating func add(_ cells: [String]) {
        rows.append(columns.indices.map { $0 < cells.count ? oneLine(cells[$0]) : "" })
    }

    /// The table as text. `width` is that of the terminal, nil for none: then nothing is cut.
    func text(width: Int?, style: Style) -> String {
        let widths = fitted(natural, into: width)
        var lines = [line(columns.map(\.title), widths, style)]
        lines += rows.map { line($0, widths, .plain) }
        return lines.map { $0 + "\n" }.joined()
    }

    private var natural: [Int] {
        columns.indices.map { index in
            rows.reduce(columns[index].title.count) { max($0, $1[index].count) }
        }
    }

    /// Takes what is too much from the widest column, one character at a time, so that short ones stay whole.
    private func fitted(_ widths: [Int], into limit: Int?) -> [Int] {
        guard let limit else { return widths }
        var widths = widths
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - limit
        while excess > 0, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
            widths[widest] > Self.minimumCutWidth
        {
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func line(_ cells: [String], _ widths: [Int], _ style: Style) -> String {
        var text = ""
        for index in columns.indices {
            let cell = cut(cells[index], to: widths[index])
            let space = String(repeating: " ", count: widths[index] - cell.count)
            text += columns[index].alignment == .left ? cell + space : space + cell
            text += "  "
        }
        while text.hasSuffix(" ") { text.removeLast() }
        return style.emphasised(text)
    }

    private func cut(_ cell: String, to width: Int) -> String {
        cell.count <= width ? cell : cell.prefix(width - 1) + "…"
    }
}

/// `1 event`, `2 events`.
func counted(_ count: Int, _ noun: String) -> String {
    "\(grouped(count)) \(noun)" + (count == 1 ? "" : "s")
}

/// Colour for terminals, and nothing for everything else.
enum Style {
    case plain, terminal

    /// A terminal's, unless `NO_COLOR` is set or the terminal is dumb.
    init(isTerminal: Bool, environment: Environment) {
        let wanted = isTerminal && environment.setting("NO_COLOR") == nil && environment.setting("TERM") != "dumb"
        self = wanted ? .terminal : .plain
    }

    /// Headings.
    func emphasised(_ text: String) -> String { wrapped(text, "1") }

    /// What is well: held, succeeded, ok.
    func good(_ text: String) -> String { wrapped(text, "32") }

    /// What is not: failed, damaged.
    func bad(_ text: String) -> String { wrapped(text, "31") }

    /// What matters less.
    func faint(_ text: String) -> String { wrapped(text, "2") }

    private func wrapped(_ text: String, _ code: String) -> String {
        self == .terminal ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
