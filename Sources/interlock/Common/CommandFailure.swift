/// Why a command did not do what it was asked, in words for a person and a code for a script.
struct CommandFailure: Error, Equatable {
    var exit: ExitCode
    /// A stable word for scripts: `no-database`, `no-such-task`.
    var code: String
    /// What happened: one sentence without a full stop.
    var message: String
    /// What to do about it: one sentence.
    var hint: String?

    init(_ exit: ExitCode, code: String, _ message: String, hint: String? = nil) {
        self.exit = exit
        self.code = code
        self.message = message
        self.hint = hint
    }

    static func usage(_ message: String, hint: String? = nil) -> CommandFailure {
        CommandFailure(.usage, code: "usage", message, hint: hint)
    }
}

/// Ends the program with a status that is not Interlock's own (that of the command it ran), without a word.
struct CommandExit: Error, Equatable {
    var status: Int32

    init(_ status: Int32) {
        self.status = status
    }
}
