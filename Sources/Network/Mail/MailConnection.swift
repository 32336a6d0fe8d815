internal import CNetwork
internal import System

/// Sends mails to a server, one after the other over one connection where the server lets us. One at a time: its owner is one
/// task. When it goes, the server is told, in a thread of its own.
///
/// By libcurl, which is loaded with the first mail, in threads of `BlockingCall`.
public struct MailConnection: ~Copyable, Sendable {
    /// The longest that one mail may take.
    public static let maximumTime = Duration.seconds(120)

    private let server: MailServer
    private let transfer = Transfer()

    /// To this server. Nothing is connected yet.
    public init(to server: MailServer) { self.server = server }

    deinit {
        let transfer = transfer
        Task {
            do throws(SystemError) {
                try await BlockingCall.run { transfer.close() }
            } catch {
                // Without a thread of its own it is done in this one: rather slowly than never.
                transfer.close()
            }
        }
    }

    /// Sends it: one transaction with one recipient. Throws nothing: what went wrong is an outcome.
    ///
    /// Where the connection ends behind the whole message and before the reply, the outcome is transient, though the server may
    /// have taken it (RFC 1047): sent again it has the same Message-ID. A cancelled task waits until `time` is over.
    ///
    /// - Parameter time: for everything together once there is a thread, at most `maximumTime`.
    public mutating func send(_ message: MailMessage, within time: Duration) async -> SendOutcome {
        let sending = Sending(
            url: server.url, address: server.address, trust: server.trust,
            envelope: Sending.Envelope(
                sender: message.from.address, recipient: message.to.address, needsTLS: server.isEncrypted,
                user: server.login?.user, password: server.login?.password),
            headers: [], body: message.bytes, time: min(time, Self.maximumTime))
        return await transfer.outcome(of: sending) { $0.mailOutcome(server: sending.url.server) }
    }
}

extension Transfer {
    /// Sends in a thread of `BlockingCall`, and judges the answer.
    func outcome(of sending: Sending, _ judge: (Answer) -> SendOutcome) async -> SendOutcome {
        let answer: Answer?
        do throws(SystemError) {
            answer = try await BlockingCall.run { self.send(sending) }
        } catch {
            return .transient(SendProblem(.failed, isOfServer: true, error.message))
        }
        guard let answer else {
            let words = "libcurl is not installed, by which mail and webhooks are sent (Debian: libcurl4)"
            return .transient(SendProblem(.noLibrary, isOfServer: true, words))
        }
        return judge(answer)
    }
}

extension Answer {
    /// What does not depend on the protocol: nothing was said of the message. All of it is transient: an administrator can put
    /// right each of it, and then the message is to go.
    func problem(server: String) -> SendProblem {
        let words = SendProblem.printable(reason.utf8)
        let told = words.isEmpty ? "" : ": \(words)"
        switch outcome {
        case CN_SENT_UNREACHABLE:
            return SendProblem(.unreachable, isOfServer: true, "cannot connect to \(server)\(told)")
        case CN_SENT_TIMED_OUT:
            return SendProblem(.timedOut, isOfServer: line.isEmpty, "\(server) did not answer in time")
        case CN_SENT_NO_TLS:
            return SendProblem(
                .withoutTLS, isOfServer: true, "\(server) does not offer STARTTLS, and nothing is sent in the clear")
        case CN_SENT_TLS_FAILED: return SendProblem(.handshake, isOfServer: true, "no TLS with \(server)\(told)")
        case CN_SENT_UNTRUSTED:
            return SendProblem(.untrusted, isOfServer: true, "the certificate of \(server) is not trusted\(told)")
        case CN_SENT_CUT:
            return SendProblem(
                .cut, isOfServer: line.isEmpty, "\(server) hung up before it said what became of the message")
        default: return SendProblem(.failed, "sending to \(server) failed\(told)")
        }
    }

    /// RFC 5321 §4.2.1: 4yz may be tried again, 5yz not, where it is said of this mail. What is said of us is not.
    func mailOutcome(server: String) -> SendOutcome {
        let reply = SendProblem.printable(line.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") })
        switch outcome {
        case CN_SENT: return .delivered
        // Without its words: a server may repeat what it was told.
        case CN_SENT_LOGIN_REFUSED:
            return .transient(
                SendProblem(
                    .access, code: code, isOfServer: true, "\(server) refuses the user or the password (\(code))"))
        case CN_SENT_ACCESS_REFUSED:
            return .transient(SendProblem(.access, code: code, isOfServer: true, "\(server) lets us not in: \(reply)"))
        // RFC 4954 §6 and RFC 3207 §4: authenticate, or encrypt, first.
        case CN_SENT_REFUSED where code == 530:
            return .transient(SendProblem(.access, code: code, isOfServer: true, "\(server) lets us not in: \(reply)"))
        case CN_SENT_REFUSED:
            let problem = SendProblem(.refused, code: code, "\(server) refuses the mail: \(reply)")
            return code >= 500 ? .permanent(problem) : .transient(problem)
        default: return .transient(problem(server: server))
        }
    }
}
