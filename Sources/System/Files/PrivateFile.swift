internal import Glibc

/// Files that nobody but their owner may read, such as keys.
public enum PrivateFile {
    /// Reads a file of at most `limit` bytes; `nil` when it is not there. Throws `.permission` when it is no regular file
    /// or others may read or write it. Symbolic links are not followed.
    public static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8]? {
        let file: Descriptor
        do throws(SystemError) {
            file = try Descriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
        var status = stat()
        guard fstat(file.raw, &status) == 0 else { throw SystemError(errno: errno, "look at \(path)") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SystemError(.permission, "\(path) is not a regular file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw SystemError(.permission, "others may read or write \(path); run: chmod 600 \(path)")
        }
        return try readAll(file.raw, path, limit: limit)
    }
}
