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
        guard transfer.isOpen else { return }
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
        let transfer = transfer
        return await SendOutcome.of {
            transfer.send(sending)
        } judge: {
            $0.mailOutcome(server: sending.url.server)
        }
    }
}

extension Answer {
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
            // 421 is said by one who is about to go, of everybody.
            let problem = SendProblem(
                .refused, code: code, isOfServer: code == 421, "\(server) refuses the mail: \(reply)")
            return code >= 500 ? .permanent(problem) : .transient(problem)
        default: return .transient(problem(server: server))
        }
    }
}
