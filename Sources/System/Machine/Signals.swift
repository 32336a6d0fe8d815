internal import CSystem
internal import Glibc

/// A signal that this process received.
public struct ReceivedSignal: Sendable, Equatable {
    /// The signal's number.
    public let number: Int32
    /// The kernel itself sent it, such as Ctrl-C on the terminal: then every process of the foreground group had it too, and
    /// passing it on would double it (SI_KERNEL, sigaction(2)).
    public let byKernel: Bool
    /// The sender's pid; 0 when the kernel sent it.
    public let sender: Int32
}

/// The signals of this process, by one handler that writes to a pipe. What was ignored or blocked when the process began is
/// remembered and passed on to the programs it starts; what is caught or ignored here is not.
public enum Signals {
    /// Terminate.
    public static let terminate = SIGTERM
    /// Interrupt, Ctrl-C.
    public static let interrupt = SIGINT
    /// Hang-up.
    public static let hangUp = SIGHUP
    /// Kill, which nobody can refuse.
    public static let kill = SIGKILL
    /// Continue after a stop.
    public static let `continue` = SIGCONT
    /// Stop, which nobody can refuse.
    public static let stop = SIGSTOP
    /// A child changed its state.
    public static let child = SIGCHLD
    /// Written to a closed pipe.
    public static let brokenPipe = SIGPIPE
    /// Quit, Ctrl-\.
    public static let quit = SIGQUIT

    /// Catches signals from now on and returns the descriptor that becomes readable with them. One pipe a process: use either
    /// this or `stream(of:)`. It stays open as long as the process lives.
    public static func catching(_ numbers: [Int32]) throws(SystemError) -> Int32 {
        let descriptor = cs_signal_pipe()
        guard descriptor >= 0 else { throw SystemError(errno: errno, "make the pipe for signals") }
        for number in numbers {
            guard cs_signal_catch(number) == 0 else { throw SystemError(errno: errno, "catch signal \(number)") }
        }
        return descriptor
    }

    /// Takes the caught signals from the pipe, without waiting.
    public static func take() -> [ReceivedSignal] {
        let descriptor = cs_signal_pipe()
        var found: [ReceivedSignal] = []
        while true {
            var one = cs_signal()
            guard read(descriptor, &one, MemoryLayout<cs_signal>.size) == MemoryLayout<cs_signal>.size else {
                return found
            }
            found.append(ReceivedSignal(number: one.number, byKernel: one.code == SI_KERNEL, sender: one.sender))
        }
    }

    /// The signals (bit n − 1) that were ignored when this process began, as its programs inherit it.
    public static var ignoredAtStart: UInt64 { cs_signals_ignored_at_start() }

    /// Ignores signals in this process, not in what it starts.
    public static func ignore(_ numbers: [Int32]) {
        for number in numbers { _ = cs_signal_ignore(number) }
    }

    /// Catches signals and delivers them, in order; for one consumer a process. Buffers the latest 64.
    public static func stream(of numbers: [Int32]) throws(SystemError) -> AsyncStream<ReceivedSignal> {
        let descriptor = try catching(numbers)
        let (stream, continuation) = AsyncStream.makeStream(
            of: ReceivedSignal.self, bufferingPolicy: .bufferingNewest(64))
        @Sendable func next() {
            // A failure here means no more memory for epoll: the stream ends, and the caller's loop with it.
            do throws(SystemError) {
                try Readiness.shared.once(descriptor) { _ in
                    for signal in take() { continuation.yield(signal) }
                    next()
                }
            } catch {
                continuation.finish()
            }
        }
        continuation.onTermination = { _ in Readiness.shared.cancel(descriptor) }
        next()
        return stream
    }

    /// The name of a signal, such as "SIGTERM"; "signal 64" where it has none.
    public static func name(of number: Int32) -> String {
        let names: [Int32: String] = [
            SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP",
            SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGUSR1: "SIGUSR1",
            SIGSEGV: "SIGSEGV", SIGUSR2: "SIGUSR2", SIGPIPE: "SIGPIPE", SIGALRM: "SIGALRM", SIGTERM: "SIGTERM",
            SIGXCPU: "SIGXCPU", SIGXFSZ: "SIGXFSZ", SIGSYS: "SIGSYS",
        ]
        return names[number] ?? "signal \(number)"
    }
}
