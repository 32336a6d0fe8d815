import Projections
import System

/// How far a task is, as one line of a terminal that is written over and over: `[######------]  50 %  copying`.
struct ProgressBar {
    /// Characters of the bar itself.
    static let width = 24

    private let streams: Streams
    private var isShown = false

    init(_ streams: Streams) {
        self.streams = streams
    }

    static func text(_ progress: TaskRecord.Progress, columns: Int) -> String {
        let filled = width * min(max(progress.percent, 0), 100) / 100
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
        let percent = String(repeating: " ", count: max(0, 3 - "\(progress.percent)".count)) + "\(progress.percent) %"
        let line = "[\(bar)] \(percent)" + (progress.message.map { "  " + oneLine($0) } ?? "")
        return line.count < columns ? line : line.prefix(max(0, columns - 2)) + "…"
    }

    /// Draws it anew.
    mutating func show(_ progress: TaskRecord.Progress) {
        streams.redraw(Self.text(progress, columns: streams.errorColumns ?? 80))
        isShown = true
    }

    /// Takes it away, so that a line can be written.
    mutating func clear() {
        if isShown { streams.redraw("") }
        isShown = false
    }
}
