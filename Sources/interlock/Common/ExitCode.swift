/// The exit codes of the contract (those of sysexits.h, where it has one).
enum ExitCode: Int32, Sendable {
    case done = 0
    /// It failed and says why.
    case failed = 1
    case usage = 64
    /// Data damaged, does not match, or is from a restored dump.
    case damaged = 65
    /// No such thing: id, app, user, token that no longer stands.
    case noSuchThing = 66
    /// No database or no live runner.
    case unavailable = 69
    /// Busy, or waiting timed out.
    case notObtained = 75
    /// It would deadlock.
    case deadlock = 76
    /// By Interlock, the system or the database's login.
    case notPermitted = 77
    case configuration = 78
}
