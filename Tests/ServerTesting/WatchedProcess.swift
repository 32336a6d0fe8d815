public import Glibc

/// A process and the shell that watches over it: when this process ends, however it ends, the shell sees its socket close,
/// kills the other and removes its directory. Nothing survives a killed test run, not even what was stopped by a signal.
///
/// The shell is a session of its own, so that a Ctrl-C meant for the tests does not end the watch before its work.
public final class WatchedProcess {
    /// Says the process's id, and when it ended. The last line fails when nobody is there to read it.
    /// It closes what it inherited: a server lives long, and a pipe of another test that it kept open would never end for
    /// that test's reader.
    private static let watch = """
        for descriptor in /proc/$$/fd/*; do
            descriptor=${descriptor##*/}
            [ "$descriptor" -le 2 ] || eval "exec $descriptor>&-"
        done
        directory=$1; log=$2; shift 2
        "$@" </dev/null >>"$log" 2>&1 &
        process=$!
        exec 3<&0
        { read -r nothing <&3; kill -9 "$process"; } >/dev/null 2>&1 &
        watcher=$!
        trap '' PIPE
        echo "$process"
        wait "$process"
        kill "$watcher" 2>/dev/null
        echo exited 2>/dev/null || rm -rf "$directory"
        """

    /// Its process id.
    public let id: pid_t
    private let shell: pid_t
    private let socket: Int32

    /// Starts a command, found by PATH, whose output and errors go to the end of the file `log`.
    public init(_ command: [String], directory: String, log: String) throws {
        var ends: [Int32] = [0, 0]
        // A socket rather than a pipe, because it is closed on exec from the first moment.
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw ServerTestingError("no socket to watch a process with: \(String(cString: strerror(errno)))")
        }
        defer { close(ends[1]) }
        socket = ends[0]
        let arguments = ["setsid", "bash", "-c", Self.watch, "watch", directory, log] + command
        do {
            shell = try Command.start(arguments, inputAndOutput: ends[1], log: log)
        } catch {
            close(socket)
            throw error
        }
        guard let line = Self.readLine(socket), let process = pid_t(line) else {
            close(socket)
            Command.wait(for: shell)
            throw ServerTestingError("\(command[0]) did not start; \(Command.tail(of: log))")
        }
        id = process
    }

    deinit {
        close(socket)
        Command.wait(for: shell)
    }

    /// Waits up to `milliseconds` for its end and says whether it came.
    public func hasEnded(within milliseconds: Int32) -> Bool {
        var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, milliseconds) > 0
    }

    /// Sends it a signal.
    public func signal(_ number: Int32) { kill(id, number) }

    /// Waits for its end; blocks.
    public func waitForEnd() { _ = Self.readLine(socket) }

    private static func readLine(_ socket: Int32) -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let count = read(socket, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            guard count == 1 else { return nil }
            guard byte != UInt8(ascii: "\n") else { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
    }
}
