internal import Logging
internal import Synchronization
public import System

/// Answers `GET /metrics` by HTTP/1.1. It takes few connections, little from each, and waits for none for long.
public final class MetricsEndpoint: Sendable {
    /// Connections at once; one more is closed unanswered.
    static let maximumConnections = 16
    /// A connection is over after this, whatever it does.
    static let patience = Duration.seconds(10)
    /// What is read at once, also of what is sent after the request.
    private static let readBytes = 4096

    private struct Listening {
        var wanted: ListenAddress?
        var actual: ListenAddress?
        var task: Task<Void, Never>?
    }

    private let metrics: ServiceMetrics
    private let connections = Mutex(0)
    private let listening = Mutex(Listening())

    /// An endpoint that listens nowhere yet.
    public init(_ metrics: ServiceMetrics) {
        self.metrics = metrics
    }

    /// Listens there from now on, and no longer where it did; nil is nowhere. Returns where, with the port that was given
    /// out, when that is new. Where it cannot listen it throws, and nothing changes.
    public func listen(at address: ListenAddress?) throws(SystemError) -> ListenAddress? {
        guard listening.withLock({ $0.wanted }) != address else { return nil }
        let listener: StreamListener? = if let address { try StreamListener(at: address) } else { nil }
        let task = listener.map { listener in Task { await self.serve(listener) } }
        let old = listening.withLock { listening in
            defer { listening = Listening(wanted: address, actual: listener?.address, task: task) }
            return listening.task
        }
        old?.cancel()
        return listener?.address
    }

    private func serve(_ listener: StreamListener) async {
        await withDiscardingTaskGroup { group in
            // A listener fails only without memory for epoll; then there is no endpoint.
            while let connection = try? await listener.accept() {
                let isTooMany = connections.withLock { count in
                    guard count < Self.maximumConnections else { return true }
                    count += 1
                    return false
                }
                guard !isTooMany else { continue }
                group.addTask {
                    // A peer that goes away or is late is no concern of ours.
                    try? await self.answer(connection)
                    self.connections.withLock { $0 -= 1 }
                }
            }
        }
    }

    private func answer(_ connection: StreamConnection) async throws {
        let deadline = MonotonicTime.now.advanced(by: Self.patience)
        var received: [UInt8] = []
        var request = HTTPRequest(received)
        while request == nil, received.count <= HTTPRequest.maximumBytes {
            let part = try await connection.read(atMost: Self.readBytes, until: deadline)
            if part.isEmpty { return }
            received += part
            request = HTTPRequest(received)
        }
        try await connection.write(await response(to: request).bytes, until: deadline)
        connection.finish()
        // Closed with bytes unread, the connection would be reset and the answer lost (RFC 9112, section 9.6).
        while try await !connection.read(atMost: Self.readBytes, until: deadline).isEmpty {}
    }

    /// Nil is a request whose head is too long.
    private func response(to request: HTTPRequest?) async -> HTTPResponse {
        switch request {
        case .read("/metrics", let isHead):
            var response = HTTPResponse("200 OK")
            response.type = "text/plain; version=0.0.4; charset=utf-8"
            response.body = await metrics.page()
            response.isHead = isHead
            return response
        case .read(_, let isHead):
            var response = HTTPResponse("404 Not Found")
            response.isHead = isHead
            return response
        case .otherMethod:
            var response = HTTPResponse("405 Method Not Allowed")
            response.headers = [("Allow", "GET, HEAD")]
            return response
        case .malformed: return HTTPResponse("400 Bad Request")
        case nil: return HTTPResponse("431 Request Header Fields Too Large")
        }
    }
}
