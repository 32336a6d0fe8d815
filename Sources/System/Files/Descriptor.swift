internal import CSystem
internal import Glibc

/// An open file descriptor with one owner: closed when that goes. Always close-on-exec, and never 0, 1 or 2.
public struct Descriptor: ~Copyable, Sendable {
    /// The number. It is valid as long as this value lives; do not close it.
    public let raw: Int32

    /// Takes over a descriptor that was just opened close-on-exec.
    init(owning raw: Int32) {
        guard raw <= 2 else {
            self.raw = raw
            return
        }
        // Somebody closed a standard stream: keep clear of its number, or a child's stream would be mixed up with ours.
        let moved = fcntl(raw, F_DUPFD_CLOEXEC, 3)
        self.raw = moved >= 0 ? moved : raw
        if moved >= 0 { close(raw) }
    }

    deinit { close(raw) }

    /// Reads what is there, at most `limit` bytes: `nil` when nothing is there yet (non-blocking), empty at the end.
    public borrowing func read(atMost limit: Int) throws(SystemError) -> [UInt8]? {
        try readPart(raw, atMost: limit)
    }

    /// Writes all bytes; on a non-blocking descriptor that is full it throws `.busy` with an unknown part written.
    public borrowing func write(_ bytes: [UInt8]) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let written = try writeSome(bytes[done...])
            if written == 0 { throw SystemError(errno: EAGAIN, "write") }
            done += written
        }
    }

    /// Writes as many bytes as go without waiting and says how many; 0 when a non-blocking descriptor is full.
    public borrowing func writeSome(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int {
        let number = raw
        let written = bytes.withUnsafeBytes { buffer in
            uninterrupted { Glibc.write(number, buffer.baseAddress, buffer.count) }
        }
        if written >= 0 { return written }
        if errno == EAGAIN { return 0 }
        throw SystemError(errno: errno, "write")
    }

    /// Makes reads and writes return at once.
    public borrowing func setNonBlocking() {
        _ = fcntl(raw, F_SETFL, fcntl(raw, F_GETFL) | O_NONBLOCK)
    }

    /// Opens a regular file to read it; symbolic links are followed. Anything else is `unsupported`: a pipe, say, can be read
    /// once only.
    ///
    /// - Parameter followsLinks: false where somebody else may have put a symbolic link there: then it throws for one.
    public static func readingFile(_ path: String, followsLinks: Bool = true) throws(SystemError) -> Descriptor {
        let file = try open(path, O_RDONLY | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW))
        guard isRegular(file.raw) else {
            throw SystemError(.unsupported, "\(path) is no file that can be read again: write it to one first")
        }
        return file
    }

    /// Opens a file (open(2)); `flags` get O_CLOEXEC.
    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws(SystemError) -> Descriptor {
        let raw = uninterrupted { Glibc.open(path, flags | O_CLOEXEC, mode) }
        guard raw >= 0 else { throw SystemError(errno: errno, "open \(path)") }
        return Descriptor(owning: raw)
    }
}

/// See `Descriptor.read`.
///
/// - Parameter offset: from where, in a file; nil is where the last reading ended.
func readPart(_ descriptor: Int32, atMost limit: Int, from offset: Int? = nil) throws(SystemError) -> [UInt8]? {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
        let got = uninterrupted {
            offset.map { pread(descriptor, buffer.baseAddress, limit, $0) }
                ?? read(descriptor, buffer.baseAddress, limit)
        }
        failure = got < 0 ? errno : 0
        count = max(0, got)
    }
    if failure == 0 { return bytes }
    if failure == EAGAIN { return nil }
    throw SystemError(errno: failure, "read")
}

/// A pipe: what is written to `input` is read from `output`.
struct Pipe: ~Copyable {
    let output: Descriptor
    let input: Descriptor

    init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard cs_pipe(&ends) == 0 else { throw SystemError(errno: errno, "make a pipe") }
        output = Descriptor(owning: ends[0])
        input = Descriptor(owning: ends[1])
    }
}

/// Waits until one of the descriptors can be read, has ended or failed, or until the time has passed (poll(2)); blocks the
/// calling thread. Returns the ready ones, none when the time has passed or a signal came. `nil` waits without end.
public func waitUntilReadable(_ descriptors: [Int32], milliseconds: Int?) -> [Int32] {
    var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let timeout = milliseconds.map { Int32(clamping: max(0, $0)) } ?? -1
    guard poll(&entries, nfds_t(entries.count), timeout) > 0 else { return [] }
    return entries.filter { $0.revents != 0 }.map(\.fd)
}

/// Opens /dev/null where a standard stream is closed, so that no file of ours gets its number. Call it first in `main`.
public func fillStandardStreams() {
    while true {
        let raw = Glibc.open("/dev/null", O_RDWR)
        if raw < 0 { return }
        if raw > 2 {
            close(raw)
            return
        }
    }
}
