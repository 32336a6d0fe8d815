internal import Glibc

/// This program's last words and its exit.
public enum Program {
    /// Writes one line to standard error; what cannot be written is let go.
    public static func complain(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = write(2, bytes, bytes.count)
    }

    /// The file that this program was started from (/proc/self/exe, proc(5)).
    public static var path: String {
        get throws(SystemError) { try readLink("/proc/self/exe") }
    }

    #if DEBUG
        /// Stops this process until somebody continues or kills it. For tests.
        public static func pause() { raise(SIGSTOP) }
    #endif

    /// Ends the program with an exit code, at once: what libraries have to be done at exit (exit(3)) would be done beside
    /// threads that still use them.
    public static func leave(_ code: Int32) -> Never {
        fflush(nil)
        _exit(code)
    }
}
