import LZ4
import System

/// What becomes of the log when the attempt is over: one LZ4 frame, which the `lz4` command reads too. At every moment one of
/// the two files is there whole, whatever happens to the shim.
enum LogCompression {
    /// Bytes that are compressed at once.
    static let chunkBytes = 64 << 10
    /// A longer log waits for the disk before the old file goes: a crash of the host must not cost what lay there for long.
    /// A shorter one fits a block, and may be lost like any output of the last seconds.
    static let bytesWithoutSync = 4096

    static func compress(_ directory: AttemptDirectory, owner: FileOwner) throws {
        let file = try PendingFile(for: directory.compressedLogPath, owner: owner)
        do {
            let size = try compress(directory.logPath, into: file)
            if size > bytesWithoutSync { try file.sync() }
            Step.compressing.reached()
            try file.finish()
        } catch {
            file.abandon()
            throw error
        }
        Step.compressed.reached()
        try Directory.removeTree(directory.logPath)
    }

    /// Returns how many bytes that were.
    private static func compress(_ path: String, into file: borrowing PendingFile) throws -> Int {
        let log = try Descriptor.readingFile(path)
        var compressor = try FrameCompressor()
        var output: [UInt8] = []
        var size = 0
        while let chunk = try log.read(atMost: chunkBytes), !chunk.isEmpty {
            size += chunk.count
            try compressor.compress(chunk.span, into: &output)
            try file.write(output)
            output.removeAll(keepingCapacity: true)
        }
        try compressor.finish(into: &output)
        try file.write(output)
        return size
    }
}
