internal import Glibc

/// Reads a whole file; one that is longer than `limit` bytes is refused with `.tooLarge`. Symbolic links are followed.
public func readFile(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
    let file = try Descriptor.open(path, O_RDONLY)
    return try readAll(file.raw, path, limit: limit)
}

/// Reads standard input to its end; more than `limit` bytes are refused with `.tooLarge`.
public func readStandardInput(limit: Int) throws(SystemError) -> [UInt8] {
    try readAll(STDIN_FILENO, "standard input", limit: limit)
}

/// Reads an open file to its end, or as far as something is there; `name` is for the message.
///
/// - Parameter isRewound: from its beginning, wherever it was read before.
func readAll(_ descriptor: Int32, _ name: String, limit: Int, isRewound: Bool = false) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    // Most of what is read is small: the first part is.
    var chunk = firstChunkBytes
    while true {
        let most = min(limit + 1 - bytes.count, chunk)
        guard let part = try readPart(descriptor, atMost: most, from: isRewound ? bytes.count : nil) else {
            return bytes
        }
        if part.isEmpty { return bytes }
        if part.count == chunk { chunk = readChunkBytes }
        bytes += part
        if bytes.count > limit {
            throw SystemError(.tooLarge, "\(name) is longer than the \(limit) bytes that are read of it")
        }
    }
}

/// True for an open file that is one, no pipe, directory or device.
func isRegular(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
}

private let readChunkBytes = 64 << 10
private let firstChunkBytes = 4 << 10

/// The text of a small file of the kernel's, without the newline at its end.
func kernelText(_ path: String, limit: Int = 16 << 10) throws(SystemError) -> String {
    var bytes = try readFile(path, limit: limit)
    while bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
}

/// The names in a directory, unsorted, without "." and "..".
func namesInDirectory(_ path: String) throws(SystemError) -> [String] {
    guard let directory = opendir(path) else { throw SystemError(errno: errno, "list \(path)") }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names
}
