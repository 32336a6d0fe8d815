internal import CSystem
internal import Glibc
internal import Synchronization

/// The service manager that started this process, as sd_notify(3) has it: who is told how the service stands. A message that
/// cannot be sent is let go: a service does not fail for want of somebody to tell.
public final class ServiceManager: Sendable {
    private let address: String
    private let socket: Descriptor
    /// A third of the time within which a sign of life must come: half is what sd_watchdog_enabled(3) advises, and one look
    /// at the log may lie between. Nil when none is wanted.
    private let pulseInterval: Duration?
    private let nextPulse = Mutex(MonotonicTime.now)

    /// From NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID; nil where nobody wants to be told.
    public init?(_ environment: Environment) {
        guard let address = environment["NOTIFY_SOCKET"], address.hasPrefix("/") || address.hasPrefix("@"),
            let socket = try? LocalSocket.make(SOCK_DGRAM)
        else { return nil }
        self.address = address
        self.socket = socket
        let isOurs = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
        let interval = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        pulseInterval = isOurs && interval > 0 ? .microseconds(interval / 3) : nil
    }

    /// The service is ready, at its start and after a reload.
    public func ready(_ status: String) { tell("READY=1\nSTATUS=\(oneLine(status))") }

    /// It is going to read its configuration again; `ready` is to follow.
    public func reloading() { tell("RELOADING=1\nMONOTONIC_USEC=\(MonotonicTime.now.nanoseconds / 1000)") }

    /// It is going to end.
    public func stopping() { tell("STOPPING=1") }

    /// What a person is to know, as one line.
    public func status(_ text: String) { tell("STATUS=\(oneLine(text))") }

    /// A sign of life, from the loop that must not stand still; sent no more often than is asked for.
    public func pulse() {
        guard let pulseInterval else { return }
        let isDue = nextPulse.withLock { next in
            guard next <= .now else { return false }
            next = .now.advanced(by: pulseInterval)
            return true
        }
        if isDue { tell("WATCHDOG=1") }
    }

    private func tell(_ text: String) {
        let bytes = Array(text.utf8)
        _ = cs_unix_send(socket.raw, address, bytes, bytes.count)
    }

    private func oneLine(_ text: String) -> String { String(text.map { $0.isNewline ? " " : $0 }) }
}
