internal import LZ4
internal import System

/// A file that appears whole or not at all: written beside its place, forced to the disk, then renamed. One whose name
/// ends in `.lz4` is a standard LZ4 frame.
public struct ExportFile: ~Copyable {
    private let path: String
    private let aside: String
    private let file: Descriptor
    private var compressor: FrameCompressor?
    private var isComplete = false

    /// Begins a file that is going to replace the one at `path`, if there is one.
    public init(replacing path: String) throws {
        guard !Directory.isDirectory(path) else { throw SystemError(.exists, "\(path) is a directory: name a file") }
        let suffix = try Host.randomBytes(8).map { String($0, radix: 16) }.joined()
        let aside = "\(path).\(suffix).new"
        let compressor = try Self.compressor(for: path)
        let file = try Self.open(aside, for: path)
        self.path = path
        self.aside = aside
        self.compressor = compressor
        self.file = file
    }

    /// The file aside has a name that nobody has asked for: the error is about `path`.
    private static func open(_ aside: String, for path: String) throws(SystemError) -> Descriptor {
        do throws(SystemError) {
            return try DurableFile.openLog(aside)
        } catch {
            throw SystemError(errno: error.errno, "write \(path)")
        }
    }

    private static func compressor(for path: String) throws -> FrameCompressor? {
        guard path.hasSuffix(".lz4") else { return nil }
        return try FrameCompressor()
    }

    deinit {
        if !isComplete { try? DurableFile.remove(aside) }
    }

    /// Adds bytes to the end.
    public mutating func write(_ bytes: [UInt8]) throws {
        guard compressor != nil else { return try file.write(bytes) }
        var output: [UInt8] = []
        try compressor?.compress(bytes.span, into: &output)
        try file.write(output)
    }

    /// Puts the file in its place.
    public mutating func finish() throws {
        var output: [UInt8] = []
        try compressor?.finish(into: &output)
        try file.write(output)
        try file.sync(aside)
        try Directory.move(aside, to: path)
        isComplete = true
    }
}
