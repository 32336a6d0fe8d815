internal import Glibc

/// Starting programs that stand on their own: own session, no terminal, nothing inherited but what is named.
public enum DetachedProcess {
    /// Where a standard stream of a detached program goes.
    public enum Stream: Sendable, Equatable {
        /// /dev/null.
        case null
        /// A file, made with mode 0600 where it is not there. Read from its start, or appended to.
        case file(String)
        /// An open descriptor of this process, which stays the caller's.
        case descriptor(Int32)
    }

    /// Starts a program and returns when it has been executed; blocks for that long (milliseconds). It lives on when this
    /// process ends. Throws `SystemError` when it cannot be forked, `ExecFailure` when it cannot be executed.
    ///
    /// - Parameters:
    ///   - launch: what to start; its directory is / unless it names one, and its session is its own in any case.
    public static func start(
        _ launch: Launch, input: Stream = .null, output: Stream = .null, error: Stream = .null
    ) throws -> ChildProcess {
        var launch = launch
        launch.belonging = .ownSession
        launch.directory = launch.directory ?? "/"
        launch.keepsSignals = false
        let sources = [
            try source(input, O_RDONLY), try source(output, O_WRONLY | O_CREAT | O_APPEND),
            try source(error, O_WRONLY | O_CREAT | O_APPEND),
        ]
        let launched = try launch.start(streams: sources.map(\.number), gated: false)
        withExtendedLifetime(sources) {}
        let child = try ChildProcess(pid: launched.pid)
        if let failure = try launched.failure(program: launch.arguments[0]) { throw failure }
        return child
    }

    private final class Source {
        let number: Int32
        private let file: Descriptor?

        init(number: Int32) {
            self.number = number
            file = nil
        }

        init(_ file: consuming Descriptor) {
            number = file.raw
            self.file = consume file
        }
    }

    private static func source(_ stream: Stream, _ flags: Int32) throws(SystemError) -> Source {
        switch stream {
        case .null: Source(try Descriptor.open("/dev/null", O_RDWR))
        // A pipe that somebody put there makes nobody wait; to a file it is all the same.
        case .file(let path): Source(try Descriptor.open(path, flags | O_NOFOLLOW | O_NONBLOCK))
        case .descriptor(let number): Source(number: number)
        }
    }
}
