import Projections
import System

/// How far a task is, as one line of a terminal that is written over and over.
struct ProgressBar {
    private let streams: Streams
    private var isShown = false

    init(_ streams: Streams) {
        self.streams = streams
    }

    /// Draws it anew.
    mutating func show(_ progress: View) {
        let page = Page(width: streams.errorColumns ?? 80, style: .plain)
        streams.redraw(ProgressBarText().text(of: progress, on: page))
        isShown = true
    }

    /// Takes it away, so that a line can be written.
    mutating func clear() {
        if isShown { streams.redraw("") }
        isShown = false
    }
}
