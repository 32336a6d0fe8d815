internal import Events

/// One line that a task wrote.
public struct TaskLogLine: Sendable {
    /// The task's app; nil for a task of none.
    public let app: String?
    /// RFC 3339, by the clock of the task's host.
    public let at: String
    /// The log file's own word: `out` and `err` are the task's, `shim` is its shim's.
    public let stream: String
    /// Without the newline at its end.
    public let text: [UInt8]
    /// True when the line was chopped here: the stream's next one goes on with it.
    public let continues: Bool

    /// As it stands in the log, without newline.
    public let bytes: [UInt8]

    /// A line as the shim wrote it.
    public init(app: String?, at: String, stream: String, text: [UInt8], continues: Bool, bytes: [UInt8]) {
        self.app = app
        self.at = at
        self.stream = stream
        self.text = text
        self.continues = continues
        self.bytes = bytes
    }
}

/// What `task logs` answers, a line an object. Bytes that are no UTF-8 are repaired in `message`, and are in `base64` as they
/// were.
public func view(of line: TaskLogLine, for viewer: Viewer) -> View {
    View(line, logLineFields, for: viewer)
}

/// The line as it stands in the log, with a newline; nothing for who may not see what the task wrote.
public func rendition(of line: TaskLogLine, for viewer: Viewer) -> Rendition {
    let isShown = logLineFields.shows("message", to: Onlooker(viewer).before(line))
    return Rendition(isShown ? line.bytes + [UInt8(ascii: "\n")] : [])
}

/// True for who may see what a task of `app` wrote: administrators and operators of that app.
public func showsLog(ofApp app: String?, to viewer: Viewer) -> Bool {
    !rendition(
        of: TaskLogLine(app: app, at: "", stream: "", text: [], continues: false, bytes: []), for: viewer
    ).bytes.isEmpty
}

extension TaskLogLine: Viewable {
    var about: Subject { .apps([app].compactMap { $0 }) }
}

let logLineFields: [Field<TaskLogLine>] = [
    .operators("at") { line, _ in .string(line.at) },
    .operators("stream") { line, _ in .string(line.stream) },
    .operators("message") { line, _ in .string(String(decoding: line.text, as: UTF8.self)) },
    .operators("base64") { line, _ in
        String(validating: line.text, as: UTF8.self) == nil ? .string(Base64.encoded(line.text)) : nil
    },
    .operators("continues") { line, _ in line.continues ? .bool(true) : nil },
]
