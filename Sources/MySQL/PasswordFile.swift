import Glibc

extension Endpoint {
    /// The bound on a password file's size.
    public static let maximumPasswordBytes = 4096

    /// The password to log in with, read from its file now if it is in one; nil for none. A connection asks for it at
    /// every connect, so a changed file counts from the next connection on.
    ///
    /// - Throws: `.invalidEndpoint` if the file cannot be read, is not UTF-8, or may be read or written by others.
    public func readPassword() throws(MySQLError) -> String? {
        switch password {
        case .none: nil
        case .inline(let secret): secret
        case .file(let path): try Self.readPasswordFile(path)
        }
    }

    private static func readPasswordFile(_ path: String) throws(MySQLError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(path, String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path, String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw unreadable(path, "it is not a regular file") }
        guard status.st_mode & 0o077 == 0 else {
            throw unreadable(path, "others may read or write it; run: chmod 600 \(path)")
        }
        var bytes = [UInt8](repeating: 0, count: maximumPasswordBytes + 1)
        let count = read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw unreadable(path, String(cString: strerror(errno))) }
        guard count <= maximumPasswordBytes else {
            throw unreadable(path, "it is longer than \(maximumPasswordBytes) bytes")
        }
        var line = bytes[..<count]
        if line.last == UInt8(ascii: "\n") { line.removeLast() }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard let password = String(validating: line, as: UTF8.self), !password.utf8.contains(0) else {
            throw unreadable(path, "it is not text in UTF-8")
        }
        return password
    }

    private static func unreadable(_ path: String, _ why: String) -> MySQLError {
        MySQLError(.invalidEndpoint, "cannot use the password file \(path): \(why)")
    }
}
