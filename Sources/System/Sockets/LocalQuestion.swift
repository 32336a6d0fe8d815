internal import CSystem
internal import Glibc

/// A question to a program that listens at a local socket, and its whole answer.
public enum LocalQuestion {
    private static let readBytes = 64 << 10

    /// Connects, sends the question and takes what comes until the other side closes. Blocks, but never longer than until the
    /// deadline: then it throws `.busy`, as it does where the other side takes no connection for now. Throws `.tooLarge` for an answer
    /// with more bytes than `limit`, `.notFound` or `.closed` where nobody listens, `.permission` where this user may not ask.
    public static func ask(
        _ path: String, _ question: [UInt8], limit: Int, until deadline: MonotonicTime
    ) throws(SystemError) -> [UInt8] {
        // Not blocking: one who listens and accepts nobody lets others wait once his queue is full (unix(7)).
        let socket = try LocalSocket.make(SOCK_STREAM)
        let number = socket.raw
        let result = try LocalSocket.reach(path) { cs_unix_connect(number, $0) }
        guard result == 0 else { throw SystemError(errno: result, "connect to \(path)") }
        // A few bytes, which fit into a new socket's buffer.
        let sent = question.withUnsafeBytes { bytes in
            uninterrupted { send(number, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)) }
        }
        guard sent == question.count else { throw SystemError(errno: sent < 0 ? errno : EAGAIN, "write to \(path)") }
        var answer: [UInt8] = []
        while MonotonicTime.now < deadline {
            guard let part = try socket.read(atMost: readBytes) else {
                _ = waitUntilReadable([number], milliseconds: deadline.millisecondsFromNow)
                continue
            }
            if part.isEmpty { return answer }
            answer += part
            guard answer.count <= limit else {
                throw SystemError(.tooLarge, "the answer of \(path) has more than \(limit) bytes")
            }
        }
        throw SystemError(.busy, "\(path) gave no whole answer in time")
    }
}
