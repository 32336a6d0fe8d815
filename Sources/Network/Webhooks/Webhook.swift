public import Events
public import System

/// A receiver of webhooks, by the convention of Standard Webhooks (standardwebhooks.com): each message is signed with a secret
/// that both sides know.
public struct Webhook: Sendable, Equatable {
    /// The longest that one message may take.
    public static let maximumTime = Duration.seconds(60)

    let url: ServerURL
    let secret: WebhookSecret
    let trust: String?
    let address: ListenAddress?

    /// - Parameters:
    ///   - url: `https://…`; `http://…` to this host only.
    ///   - trust: a PEM file of the authorities that are trusted; nil for the system's.
    ///   - address: where to connect to, wherever the name is; nil: where the name is. The certificate must have the name.
    public init(
        url: String, secret: WebhookSecret, trust: String? = nil, at address: ListenAddress? = nil
    ) throws(ServerURLError) {
        self.url = try ServerURL(url, ports: ["https": 443, "http": 80])
        guard self.url.scheme == "https" || (address?.isLoopback ?? self.url.isLoopback) else {
            throw ServerURLError("it must begin with https://, as it is not this host itself")
        }
        (self.secret, self.trust, self.address) = (secret, trust, address)
    }

    /// Posts it. Throws nothing: what went wrong is an outcome. Any status of 200 to 299 is a success, whatever follows it;
    /// 410 and what else says that the message, the secret or the address is wrong (300 to 499 but 408, 425 and 429) is
    /// permanent, everything else transient. Redirects are not followed: the message was meant for this receiver.
    ///
    /// By libcurl, which is loaded at the first message, in threads of `BlockingCall`. A cancelled task waits until `time` is
    /// over.
    ///
    /// - Parameters:
    ///   - moment: now: receivers refuse what is some minutes old, so that nobody can send it again later.
    ///   - time: for everything together once there is a thread, at most `maximumTime`.
    public func send(_ message: WebhookMessage, at moment: Timestamp, within time: Duration) async -> SendOutcome {
        let sending = Sending(
            url: url, address: address, trust: trust, envelope: nil, headers: message.headers(secret, at: moment),
            body: message.body, time: min(time, Self.maximumTime))
        return await SendOutcome.of {
            let transfer = Transfer()
            defer { transfer.close() }
            return transfer.send(sending)
        } judge: {
            $0.webhookOutcome(server: sending.url.server)
        }
    }
}

extension Answer {
    func webhookOutcome(server: String) -> SendOutcome {
        let problem = SendProblem(.refused, code: code, "\(server) answered \(code)")
        switch code {
        case 200..<300: return .delivered
        case 300..<400:
            let words = "\(server) answered \(code): redirects are not followed; give the address it means"
            return .permanent(SendProblem(.redirected, code: code, words))
        case 400..<500 where ![408, 425, 429].contains(code): return .permanent(problem)
        case 400...: return .transient(problem, after: delay)
        default: return .transient(self.problem(server: server))
        }
    }

    private var delay: Duration? {
        retryAfter > 0 ? min(.seconds(retryAfter), SendOutcome.maximumDelay) : nil
    }
}
