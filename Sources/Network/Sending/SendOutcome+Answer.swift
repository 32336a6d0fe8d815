internal import CNetwork
internal import System

extension SendOutcome {
    /// Sends in a thread of `BlockingCall`, and judges what was answered.
    ///
    /// - Parameter send: blocks; nil where there is no libcurl.
    static func of(_ send: @escaping @Sendable () -> Answer?, judge: (Answer) -> SendOutcome) async -> SendOutcome {
        let answer: Answer?
        do throws(SystemError) {
            answer = try await BlockingCall.run(send)
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
}
