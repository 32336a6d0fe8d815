internal import Events

/// One line that a task wrote.
public struct TaskLogLine: Sendable {
    /// RFC 3339, by the clock of the task's host.
    public let at: String
    /// The log file's own word: `out` and `err` are the task's, `shim` is its shim's.
    public let stream: String
    /// Without the newline at its end.
    public let text: [UInt8]
    /// True when the line was chopped here: the stream's next one goes on with it.
    public let continues: Bool

    /// A line as the shim wrote it.
    public init(at: String, stream: String, text: [UInt8], continues: Bool) {
        self.at = at
        self.stream = stream
        self.text = text
        self.continues = continues
    }
}

/// What `task logs` answers, a line an object. Bytes that are no UTF-8 are repaired in `message`, and are in `base64` as they
/// were.
public func view(of line: TaskLogLine, for viewer: Viewer) -> View {
    View(json: show(line, lineFields, for: viewer))
}

private let lineFields: [Field<TaskLogLine>] = [
    .administrators("at") { line, _ in .string(line.at) },
    .administrators("stream") { line, _ in .string(line.stream) },
    .administrators("message") { line, _ in .string(String(decoding: line.text, as: UTF8.self)) },
    .administrators("base64") { line, _ in
        String(validating: line.text, as: UTF8.self) == nil ? .string(base64(line.text)) : nil
    },
    .administrators("continues") { line, _ in line.continues ? .bool(true) : nil },
]

/// RFC 4648, section 4, with padding.
func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        for index in 0..<4 {
            text.append(index <= group.count ? digits[bits >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
        }
    }
    return String(decoding: text, as: UTF8.self)
}
