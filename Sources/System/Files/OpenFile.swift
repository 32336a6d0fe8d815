internal import Glibc

/// A file that was opened for reading, to be handed from one reader to the next. Closed with the last of them.
final class OpenFile: Sendable {
    private let path: String
    private let descriptor: Descriptor

    init(_ path: String) throws(SystemError) {
        self.path = path
        descriptor = try Descriptor.open(path, O_RDONLY)
    }

    /// The whole of it, wherever it was read before. One that is longer than `limit` bytes is refused with `.tooLarge`.
    func read(limit: Int) throws(SystemError) -> [UInt8] {
        try readAll(descriptor.raw, path, limit: limit, isRewound: true)
    }

    /// The kernel tells of some of its files that they are other ones than when they were read last (poll(2)).
    var hasChanged: Bool {
        // POLLERR need not be asked for.
        var query = pollfd(fd: descriptor.raw, events: Int16(POLLPRI), revents: 0)
        return poll(&query, 1, 0) != 0
    }
}
