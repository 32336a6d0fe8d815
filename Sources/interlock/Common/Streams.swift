import Glibc
import System

/// Standard output and standard error, and the terminal behind the former.
struct Streams: Sendable {
    /// Writes to standard output, at once: who follows a log through a pipe sees each line when it is written. A reader
    /// that has gone away ends the program quietly, whatever became of SIGPIPE.
    func output(_ text: String) { output(Array(text.utf8)) }

    /// The same of bytes that may be no text.
    func output(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EPIPE { Program.leave(128 + Signals.brokenPipe) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Writes one line to standard error; `line` ends without a newline.
    func error(_ line: String) {
        Program.complain(line)
    }

    /// Writes over the terminal's current line, on standard error. What cannot be written is let go.
    func redraw(_ line: String) {
        let bytes = Array("\r\u{1B}[K\(line)".utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// The width of the terminal behind standard error; nil when there is none.
    var errorColumns: Int? {
        Host.isTerminal(STDERR_FILENO) ? Host.terminalColumns(STDERR_FILENO) ?? 80 : nil
    }

    /// True when standard output is a terminal.
    var isTerminal: Bool { Host.isTerminal(STDOUT_FILENO) }

    /// The width of the terminal in columns; nil when standard output is none.
    var columns: Int? { isTerminal ? Host.terminalColumns(STDOUT_FILENO) ?? 80 : nil }
}
