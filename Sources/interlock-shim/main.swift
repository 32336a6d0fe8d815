import System

// interlock-shim ATTEMPT_DIRECTORY: runs the attempt that is described there, once, and leaves its exit record. The service
// starts it; a person has no use for it. Exit codes: 0 done or already somebody else's, 1 failed, 64 usage.

/// Takes the gate and runs the attempt; without the gate there is nothing to do.
func standOver(_ directory: AttemptDirectory) throws {
    try Overseer.begin()
    let owner = try FileOwner.of(directory.path)
    Step.beforeGate.reached()
    guard try directory.claimGate(owner: owner) else { return }
    Step.afterGate.reached()
    var spec: AttemptSpec
    var shim: Shim
    do {
        spec = try directory.spec()
        if spec.secretVariables > 0 { try spec.receiveSecrets() }
        shim = try Shim(directory, spec, owner: owner)
    } catch {
        try directory.write(Verdict.notStarted(error.message), owner: owner)
        throw error
    }
    try shim.run(spec)
}

fillStandardStreams()
guard CommandLine.arguments.count == 2, CommandLine.arguments[1].hasPrefix("/") else {
    Program.complain("usage: interlock-shim ATTEMPT_DIRECTORY (an absolute path)")
    Program.leave(64)
}
do {
    try standOver(AttemptDirectory(path: CommandLine.arguments[1]))
} catch {
    Program.complain("interlock-shim: \(error)")
    Program.leave(1)
}
