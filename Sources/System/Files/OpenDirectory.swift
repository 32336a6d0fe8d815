internal import CSystem
internal import Glibc

/// A directory that is held open: what is read through it is in that one, whatever its path comes to lead to. The kernel looks for
/// a name in it alone, and not once more for each part of a long path.
public final class OpenDirectory: Sendable {
    /// Its path when it was opened.
    public let path: String
    private let descriptor: Descriptor

    /// Opens it; links in the path are followed. Throws `.notFound` where there is nothing.
    public init(_ path: String) throws(SystemError) {
        self.path = path
        descriptor = try Descriptor.open(path, cs_path_only | O_DIRECTORY)
    }

    /// What tells it from all others of its file system; nil where the kernel does not say.
    public var inode: UInt64? {
        var status = stat()
        return fstat(descriptor.raw, &status) == 0 ? UInt64(status.st_ino) : nil
    }

    /// The same of what a name in it leads to; nil where there is nothing.
    public func inode(of name: String) -> UInt64? {
        var status = stat()
        return fstatat(descriptor.raw, name, &status, 0) == 0 ? UInt64(status.st_ino) : nil
    }

    /// Reads a whole file in it; one that is longer than `limit` bytes is refused with `.tooLarge`.
    public func read(_ name: String, limit: Int) throws(SystemError) -> [UInt8] {
        let file = try open(name)
        return try readAll(file.raw, name, limit: limit)
    }

    /// Reads a file in it, of a longer one the first bytes only.
    public func beginning(of name: String, atMost limit: Int) throws(SystemError) -> [UInt8] {
        let file = try open(name)
        var bytes: [UInt8] = []
        while bytes.count < limit {
            guard let part = try readPart(file.raw, atMost: limit - bytes.count), !part.isEmpty else { break }
            bytes += part
        }
        return bytes
    }

    private func open(_ name: String) throws(SystemError) -> Descriptor {
        let directory = descriptor.raw
        let raw = uninterrupted { openat(directory, name, O_RDONLY | O_CLOEXEC) }
        guard raw >= 0 else { throw SystemError(errno: errno, "open \(path)/\(name)") }
        return Descriptor(owning: raw)
    }
}
