internal import CSystem
internal import Glibc

/// A directory that stays the same one whatever its path comes to lead to. Opened component by component, and no symbolic link
/// is followed on the way: where another user owns a part of the path, he cannot lead elsewhere who writes there as root.
public struct PinnedDirectory: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// Opens an absolute path. Throws `.permission` for a symbolic link in it, `.notFound` where there is nothing.
    public init(_ path: String) throws(SystemError) {
        var directory = try Descriptor.open("/", cs_path_only | O_DIRECTORY)
        for part in path.split(separator: "/") {
            let number = openat(directory.raw, String(part), cs_path_only | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard number >= 0 else {
                guard errno != ELOOP, errno != ENOTDIR else {
                    throw SystemError(
                        .permission, "\(path) leads through '\(part)', which is a symbolic link or no directory")
                }
                throw SystemError(errno: errno, "open the directory \(path)")
            }
            directory = Descriptor(owning: number)
        }
        descriptor = directory
    }

    /// To read what is in it.
    public borrowing func reader() throws(SystemError) -> DirectoryReader {
        try DirectoryReader(".", in: descriptor.raw)
    }

    /// The path of a name in it, valid as long as this value lives (proc(5), /proc/pid/fd).
    public borrowing func path(of name: String) -> String { "/proc/self/fd/\(descriptor.raw)/\(name)" }
}
