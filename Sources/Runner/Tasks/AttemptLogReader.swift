internal import LZ4
public import System

/// One line of an attempt's log, as its shim wrote it.
public struct AttemptLogLine: Sendable, Equatable {
    /// RFC 3339, by the clock of the task's host.
    public var time: String
    /// `out`, `err`, or `shim` for the shim's own words.
    public var stream: String
    /// The bytes of the line, without newline.
    public var text: [UInt8]
    /// True when the line was chopped here: the stream's next one goes on with it.
    public var continues: Bool
    /// As it stands in the log, without newline.
    public var bytes: [UInt8]

    init(_ bytes: ArraySlice<UInt8>) {
        let parts = bytes.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        let word = parts.count > 1 ? parts[1] : []
        time = String(decoding: parts.first ?? [], as: UTF8.self)
        continues = word.last == UInt8(ascii: "+")
        stream = String(decoding: continues ? word.dropLast() : word, as: UTF8.self)
        text = parts.count > 2 ? Array(parts[2]) : []
        self.bytes = Array(bytes)
    }
}

/// Reads the lines of an attempt's log, each once: of one that still grows, or of the LZ4 frame that it becomes.
public struct AttemptLogReader: ~Copyable {
    private let directory: AttemptDirectory
    private var file: Descriptor?
    private var isComplete = false
    private var rest: [UInt8] = []

    static let chunkBytes = 64 << 10
    /// No log is longer, whatever its frame says.
    static let maximumBytes = 1 << 40

    /// A reader from the start of the log, which need not be there yet.
    public init(_ directory: AttemptDirectory) { self.directory = directory }

    /// Hands on the lines that have come since the last call. When the attempt is over (looked at before the call), a last one
    /// without newline is a line too. Throws `.malformed` when a compressed log is damaged.
    public mutating func lines(isOver: Bool, _ each: (AttemptLogLine) throws -> Void) throws {
        if file == nil && !isComplete { try open(each) }
        while let chunk = try file?.read(atMost: Self.chunkBytes), !chunk.isEmpty { try take(chunk, each) }
        guard isOver, !rest.isEmpty else { return }
        try each(AttemptLogLine(rest[...]))
        rest = []
    }

    /// An open file stays as it is when it is compressed meanwhile; between two looks the one may have become the other.
    private mutating func open(_ each: (AttemptLogLine) throws -> Void) throws {
        for _ in 0..<2 {
            if let frame = try Self.opened(directory.compressedLogPath) { return try decompress(frame, each) }
            if let log = try Self.opened(directory.logPath) {
                file = consume log
                return
            }
        }
    }

    private static func opened(_ path: String) throws(SystemError) -> Descriptor? {
        do throws(SystemError) {
            return try Descriptor.readingFile(path, followsLinks: false)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    private mutating func decompress(
        _ frame: borrowing Descriptor, _ each: (AttemptLogLine) throws -> Void
    ) throws {
        isComplete = true
        do {
            var decompressor = try FrameDecompressor(limit: Self.maximumBytes)
            while let chunk = try frame.read(atMost: Self.chunkBytes), !chunk.isEmpty {
                var bytes: [UInt8] = []
                try decompressor.decompress(chunk, into: &bytes)
                try take(bytes, each)
            }
            try decompressor.finish()
        } catch {
            guard let damage = error as? LZ4Error else { throw error }
            throw SystemError(.malformed, "the log \(directory.compressedLogPath) is damaged: \(damage)")
        }
    }

    private mutating func take(_ bytes: [UInt8], _ each: (AttemptLogLine) throws -> Void) throws {
        rest += bytes
        var start = rest.startIndex
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
            try each(AttemptLogLine(rest[start..<end]))
            start = end + 1
        }
        rest.removeSubrange(..<start)
    }
}
