internal import Synchronization

/// A runner's line to a shim: what happens comes as a stream, orders go the other way. Safe from any task.
public final class AttemptConnection: Sendable {
    /// What the shim says, for one consumer. It ends when the shim has closed: then `exitRecord()` is there, or the shim died.
    public let messages: AsyncStream<ShimMessage>

    private let connection: Mutex<LineConnection>
    private let descriptor: Int32
    private let continuation: AsyncStream<ShimMessage>.Continuation

    /// At most so many messages wait for the consumer; the oldest go first (all but the last progress are history anyway).
    public static let maximumBuffered = 256

    /// Connects and attaches. Throws `.closed` or `.notFound` when no shim listens (yet, or any more).
    public init(to directory: AttemptDirectory) throws(SystemError) {
        let connection = try LineConnection(to: directory.controlPath)
        try connection.send(ShimRequest.attach.line)
        descriptor = connection.descriptor
        self.connection = Mutex(connection)
        (messages, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.maximumBuffered))
        try waitForMore()
    }

    deinit { continuation.finish() }

    /// Sends an order. Throws `.closed` when the shim has gone.
    public func send(_ request: ShimRequest) throws(SystemError) {
        let failure: SystemError? = connection.withLock { connection in
            do throws(SystemError) {
                try connection.send(request.line)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    /// Leaves; the shim and its task go on. The stream ends.
    public func close() {
        Readiness.shared.cancel(descriptor)
        continuation.finish()
    }

    private func waitForMore() throws(SystemError) {
        // The registration keeps this value until the shim closes, which it does at its end.
        try Readiness.shared.once(descriptor) { _ in self.receive() }
    }

    private func receive() {
        let received = connection.withLock { connection in try? connection.takeLines() }
        for line in received?.lines ?? [] {
            if let message = ShimMessage(line: line) { continuation.yield(message) }
        }
        guard let received, !received.hasEnded, (try? waitForMore()) != nil else { return continuation.finish() }
    }
}
