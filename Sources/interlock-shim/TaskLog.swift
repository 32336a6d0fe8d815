import System

/// The task's log: one line for each line of output, `TIME out TEXT` or `TIME err TEXT`, in the order in which it came. Bytes
/// pass as they are. Endless lines are chopped, and beyond the log's bound output is counted, not kept.
struct TaskLog: ~Copyable {
    /// Longer lines are chopped into several.
    static let maximumLineBytes = 8192

    enum Stream: Int {
        case out, err

        var tag: [UInt8] { Array(self == .out ? " out ".utf8 : " err ".utf8) }
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
            let room = Self.maximumLineBytes - partial[stream.rawValue].count
            let newline = rest.prefix(room).firstIndex(of: UInt8(ascii: "\n"))
            partial[stream.rawValue] += rest[..<(newline ?? rest.prefix(room).endIndex)]
            rest = rest[(newline.map { $0 + 1 } ?? rest.prefix(room).endIndex)...]
            guard newline != nil || partial[stream.rawValue].count >= Self.maximumLineBytes else { return }
            endLine(of: stream, at: time)
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
        waiting.removeAll(keepingCapacity: waiting.count <= Self.maximumLineBytes)
    }

    /// Ends the last lines and says what was lost. The file is not forced to the disk: the attempt's locks wait for its end.
    mutating func close() {
        let time = Array(WallTime.now.rfc3339.utf8)
        for stream in [Stream.out, .err] where !partial[stream.rawValue].isEmpty { endLine(of: stream, at: time) }
        if isCut { waiting += time + Array(" shim \(bytesLost) bytes of output were not kept\n".utf8) }
        flush()
    }

    private mutating func endLine(of stream: Stream, at time: [UInt8]) {
        let text = partial[stream.rawValue]
        partial[stream.rawValue].removeAll(keepingCapacity: true)
        let line = time + stream.tag + text + [UInt8(ascii: "\n")]
        guard !isCut && bytesWritten + UInt64(line.count) <= maximumBytes else {
            if !isCut {
                waiting += time + Array(" shim the log is cut here: it holds \(maximumBytes) bytes at most\n".utf8)
            }
            isCut = true
            bytesLost += UInt64(text.count) + 1
            return
        }
        bytesWritten += UInt64(line.count)
        waiting += line
    }
}
