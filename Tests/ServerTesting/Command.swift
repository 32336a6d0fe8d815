import Glibc

/// Child processes, by posix_spawn.
enum Command {
    /// Starts `arguments[0]`, found by PATH, and returns its process id. `input` becomes its standard input and output.
    static func start(_ arguments: [String], inputAndOutput: Int32? = nil, log: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let inputAndOutput {
            posix_spawn_file_actions_adddup2(&actions, inputAndOutput, 0)
            posix_spawn_file_actions_adddup2(&actions, inputAndOutput, 1)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        }
        posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        // A thread of Swift's blocks most signals, and a shell that inherits that never hears of its children's end.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var argv = arguments.map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var process = pid_t()
        let problem = posix_spawnp(&process, arguments[0], &actions, &attributes, &argv, environ)
        guard problem == 0 else {
            throw ServerTestingError("cannot start \(arguments[0]): \(String(cString: strerror(problem)))")
        }
        return process
    }

    /// Runs `arguments` to their end; anything but exit code 0 is thrown, with the end of `log`.
    static func run(_ arguments: [String], log: String) throws {
        let status = wait(for: try start(arguments, log: log))
        guard status == 0 else {
            throw ServerTestingError("\(arguments.joined(separator: " ")) failed (\(status)); \(tail(of: log))")
        }
    }

    /// Reaps a child and returns its wait status.
    @discardableResult
    static func wait(for process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return status
    }

    /// The last lines of a log, for an error message.
    static func tail(of log: String) -> String {
        guard let file = fopen(log, "r") else { return "it left no log" }
        defer { fclose(file) }
        let maximumBytes = 2000
        fseek(file, -maximumBytes, SEEK_END)
        var bytes = [UInt8](repeating: 0, count: maximumBytes)
        let count = fread(&bytes, 1, bytes.count, file)
        return "its log ends:\n" + String(decoding: bytes[..<count], as: UTF8.self)
    }
}
