internal import Glibc

/// Reads the whole lines of a file that may still grow, each once.
public struct LogFileReader {
    private let path: String
    private var offset = 0
    private var rest: [UInt8] = []

    /// Bytes that are read at once.
    static let chunkBytes = 64 << 10

    /// A reader from the start of the file, which need not be there yet.
    public init(path: String) {
        self.path = path
    }

    /// Hands on the lines that have come since the last call. Bytes that are no UTF-8 are repaired.
    public mutating func lines(_ each: (String) throws -> Void) throws {
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard number >= 0 else {
            guard errno == ENOENT else { throw SystemError(errno: errno, "read \(path)") }
            return
        }
        defer { close(number) }
        var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
        while true {
            let count = pread(number, &chunk, chunk.count, off_t(offset))
            guard count >= 0 else { throw SystemError(errno: errno, "read \(path)") }
            guard count > 0 else { return }
            offset += count
            rest += chunk[..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: rest[..<end], as: UTF8.self)
                rest.removeSubrange(...end)
                try each(line)
            }
        }
    }
}
