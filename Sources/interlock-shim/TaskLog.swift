import System

/// The task's log: one line for each line of output, `TIME out TEXT` or `TIME err TEXT`, in the order in which it came. Bytes
/// pass as they are. Endless lines are chopped, which a `+` says (`TIME out+ TEXT`: the next line of this stream goes on with
/// it), and beyond the log's bound output is counted, not kept.
struct TaskLog: ~Copyable {
    /// Longer lines are chopped into several.
    static let maximumLineBytes = 8192
    /// What waits to be written; so much memory it takes at most, and a line.
    static let maximumWaitingBytes = 64 << 10

    enum Stream: Int {
        case out, err

        var name: String { self == .out ? "out" : "err" }
    }

    /// Bytes of output that are not in the file.
    private(set) var bytesLost: UInt64 = 0

    private let file: Descriptor
    private let maximumBytes: UInt64
    private var bytesWritten: UInt64 = 0
    private var isCut = false
    private var partial: [[UInt8]] = [[], []]
    private var waiting: [UInt8] = []

    /// Opens the log.
    init(path: String, maximumBytes: UInt64, owner: FileOwner) throws(SystemError) {
        file = try DurableFile.openLog(path, owner: owner)
        self.maximumBytes = maximumBytes
    }

    /// Takes what came from a stream; complete lines go to the file at `flush`.
    mutating func take(_ bytes: [UInt8], from stream: Stream) {
        let time = Array(WallTime.now.rfc3339.utf8)
        var rest = bytes[...]
        while !rest.isEmpty {
            guard !isCut else {
                bytesLost += UInt64(rest.count)
                return
            }
            let part = rest.prefix(Self.maximumLineBytes - partial[stream.rawValue].count)
            let newline = part.firstIndex(of: UInt8(ascii: "\n"))
            partial[stream.rawValue] += part[..<(newline ?? part.endIndex)]
            rest = rest[(newline.map { $0 + 1 } ?? part.endIndex)...]
            guard newline != nil || partial[stream.rawValue].count >= Self.maximumLineBytes else { return }
            endLine(of: stream, at: time, hasNewline: newline != nil, continues: newline == nil)
        }
    }

    /// Writes what is waiting. A disk that refuses costs the lines, not the task.
    mutating func flush() {
        guard !waiting.isEmpty else { return }
        do throws(SystemError) {
            try file.write(waiting)
        } catch {
            bytesLost += UInt64(waiting.count)
        }
        waiting.removeAll(keepingCapacity: true)
    }

    /// Ends the last lines and says what was lost. The file is not forced to the disk: the attempt's locks wait for its end.
    mutating func close() {
        let time = Array(WallTime.now.rfc3339.utf8)
        for stream in [Stream.out, .err] where !partial[stream.rawValue].isEmpty {
            endLine(of: stream, at: time, hasNewline: false, continues: false)
        }
        if isCut { waiting += time + Array(" shim \(bytesLost) bytes of output were not kept\n".utf8) }
        flush()
    }

    private mutating func endLine(of stream: Stream, at time: [UInt8], hasNewline: Bool, continues: Bool) {
        let text = partial[stream.rawValue]
        let head = time + Array(" \(stream.name)\(continues ? "+" : "") ".utf8)
        let count = head.count + text.count + 1
        guard bytesWritten + UInt64(count) <= maximumBytes else { return cut(at: time, hasNewline: hasNewline) }
        partial[stream.rawValue].removeAll(keepingCapacity: true)
        bytesWritten += UInt64(count)
        if waiting.count + count > Self.maximumWaitingBytes { flush() }
        waiting += head
        waiting += text
        waiting.append(UInt8(ascii: "\n"))
    }

    /// From here on nothing is kept, also what of both streams waits for the end of its line.
    private mutating func cut(at time: [UInt8], hasNewline: Bool) {
        isCut = true
        bytesLost += UInt64(partial.reduce(hasNewline ? 1 : 0) { $0 + $1.count })
        partial = [[], []]
        waiting += time + Array(" shim the log is cut here: it holds \(maximumBytes) bytes at most\n".utf8)
    }
}
