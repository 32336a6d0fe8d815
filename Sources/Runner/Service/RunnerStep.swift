internal import System

/// The named steps of an attempt, and of a rename, at which tests kill the runner: with `INTERLOCK_RUNNER_STOP_AT=NAME` in its environment a
/// service that was built for debugging stops itself there (SIGSTOP). One built for release has no such steps.
enum RunnerStep: String {
    case claimed
    /// What the app of the task is to be given is in the log, and not yet in its file.
    case reconfiguring
    case variablesWritten = "variables-written"
    /// The attempt's directory, spec and room for its records are there.
    case prepared
    /// The shim has the gate.
    case shimStarted = "shim-started"
    case beforeStartReport = "before-start-report"
    case afterStartReport = "after-start-report"
    /// The shim died without a record, and what it left lives.
    case beforeBurial = "before-burial"
    case afterBurial = "after-burial"
    case beforeFinishReport = "before-finish-report"
    case afterFinishReport = "after-finish-report"
    // On the way to a new name of the mail server.
    /// The resolver's file is another one, and it was not reloaded yet.
    case resolverWritten = "resolver-written"
    case nameResolved = "name-resolved"
    /// Its own task is queued.
    case serverAsked = "server-asked"
    case serverTold = "server-told"
    case nameServed = "name-served"
    case nameCommitted = "name-committed"
    case appQueued = "app-queued"
    case namesRetired = "names-retired"
    /// Somebody has a message, or has refused it, and the log does not say so yet.
    case messageSent = "message-sent"
    case deliveryRecorded = "delivery-recorded"

    func reached() {
        #if DEBUG
            if Environment.current["INTERLOCK_RUNNER_STOP_AT"] == rawValue { Program.pause() }
        #endif
    }
}
