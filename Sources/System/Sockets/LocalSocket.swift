internal import CSystem
internal import Glibc

/// What all Unix sockets here share: making one, and addresses by path. A path longer than the 107 bytes of sun_path (unix(7))
/// goes by way of its directory's descriptor, /proc/self/fd/N/name.
enum LocalSocket {
    static func make(_ type: __socket_type, blocking: Bool = false) throws(SystemError) -> Descriptor {
        let flags = Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | (blocking ? 0 : Int32(SOCK_NONBLOCK.rawValue))
        let raw = socket(AF_UNIX, flags, 0)
        guard raw >= 0 else { throw SystemError(errno: errno, "make a socket") }
        return Descriptor(owning: raw)
    }

    /// Binds at a path; a socket file that is there already is replaced. The mode is set before anybody can be let in.
    static func bind(_ socket: borrowing Descriptor, to path: String, mode: mode_t) throws(SystemError) {
        var status = stat()
        if lstat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFSOCK else {
                throw SystemError(.exists, "\(path) is there and is no socket")
            }
            guard unlink(path) == 0 else { throw SystemError(errno: errno, "replace the socket \(path)") }
        }
        let number = socket.raw
        let result = try reach(path) { cs_unix_bind(number, $0) }
        guard result == 0 else { throw SystemError(errno: result, "bind a socket at \(path)") }
        guard chmod(path, mode) == 0 else { throw SystemError(errno: errno, "set the mode of \(path)") }
    }

    /// Calls `body` with a form of the path that fits, and returns 0 or the error number.
    static func reach(_ path: String, _ body: (String) -> Int32) throws(SystemError) -> Int32 {
        if path.utf8.count <= cs_unix_path_max() { return body(path) == 0 ? 0 : errno }
        guard let slash = path.lastIndex(of: "/") else {
            throw SystemError(.tooLarge, "the socket name \(path) is longer than \(cs_unix_path_max()) bytes")
        }
        let directory = try Descriptor.open(String(path[..<slash]), O_RDONLY | O_DIRECTORY)
        let short = "/proc/self/fd/\(directory.raw)\(path[slash...])"
        guard short.utf8.count <= cs_unix_path_max() else {
            throw SystemError(.tooLarge, "the socket name in \(path) is too long")
        }
        return body(short) == 0 ? 0 : errno
    }
}
