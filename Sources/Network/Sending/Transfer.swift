internal import CNetwork
internal import Glibc
internal import System

/// A message for libcurl, and where it goes.
struct Sending: Sendable {
    /// What only a mail has.
    struct Envelope: Sendable {
        let sender: String
        let recipient: String
        let needsTLS: Bool
        let user: String?
        let password: Secret?
    }

    let url: ServerURL
    let address: ListenAddress?
    let trust: String?
    let envelope: Envelope?
    let headers: [String]
    let body: [UInt8]
    let time: Duration

    /// The longest that a connection may take, with its handshakes: a mail server that is wary of strangers lets them wait.
    static let maximumConnectTime = Duration.seconds(30)
    /// The most that is read of an answer.
    static let maximumAnswerBytes = 64 * 1024
}

/// What was answered.
struct Answer: Sendable {
    let outcome: cn_sent
    let code: Int
    let retryAfter: Int
    /// Words of libcurl.
    let reason: String
    /// The server's last line.
    let line: [UInt8]
}

/// libcurl's handle with the connection that it keeps. Used by one call at a time, in a thread of `BlockingCall`.
final class Transfer: @unchecked Sendable {
    private var handle: UnsafeMutableRawPointer?

    /// Sends it and blocks; nil where there is no libcurl.
    func send(_ sending: Sending) -> Answer? {
        if handle == nil { handle = cn_open() }
        guard let handle else { return nil }
        let texts = CStrings()
        let headers = sending.headers.map { texts.hold($0) } + [nil]
        let milliseconds = max(1, Int(sending.time / .milliseconds(1)))
        var answer = cn_answer()
        sending.body.withUnsafeBufferPointer { body in
            headers.withUnsafeBufferPointer { headers in
                var raw = cn_sending()
                raw.url = texts.hold(sending.url.text)
                raw.target = texts.hold(sending.address.map { "::\($0)" })
                raw.trust = texts.hold(sending.trust)
                raw.headers = headers.baseAddress
                raw.body = body.baseAddress
                raw.count = body.count
                raw.answer_bytes = Sending.maximumAnswerBytes
                raw.milliseconds = milliseconds
                raw.connect_milliseconds = min(milliseconds, Int(Sending.maximumConnectTime / .milliseconds(1)))
                if let envelope = sending.envelope {
                    raw.needs_tls = envelope.needsTLS ? 1 : 0
                    raw.sender = texts.hold("<\(envelope.sender)>")
                    raw.recipient = texts.hold("<\(envelope.recipient)>")
                    raw.user = texts.hold(envelope.user)
                    raw.password = texts.hold(envelope.password.map { String(decoding: $0.bytes, as: UTF8.self) })
                }
                withExtendedLifetime(texts) { cn_send(handle, &raw, &answer) }
            }
        }
        return Answer(answer)
    }

    /// Tells the other side and blocks.
    func close() {
        cn_close(handle)
        handle = nil
    }

    /// True where there may be somebody to be told. Never while it sends.
    var isOpen: Bool { handle != nil }
}

extension Answer {
    fileprivate init(_ raw: cn_answer) {
        func bytes(_ field: some Any) -> [UInt8] { withUnsafeBytes(of: field) { Array($0.prefix { $0 != 0 }) } }
        outcome = raw.outcome
        code = raw.code
        retryAfter = Int(raw.retry_after)
        reason = String(decoding: bytes(raw.reason), as: UTF8.self)
        line = bytes(raw.line)
    }
}

/// Texts for C, as long as this lives.
private final class CStrings {
    private var held: [UnsafeMutablePointer<CChar>] = []

    func hold(_ text: String?) -> UnsafePointer<CChar>? {
        guard let text else { return nil }
        guard let copy = strdup(text) else { preconditionFailure("no memory for a text") }
        held.append(copy)
        return UnsafePointer(copy)
    }

    deinit { for text in held { free(text) } }
}
