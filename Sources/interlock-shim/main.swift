import System

// interlock-shim [--bury] ATTEMPT_DIRECTORY: runs the attempt that is described there, once, and leaves its exit record; or
// kills what a shim of the same user left of it that died. The service starts it; a person has no use for it. Exit codes: 0
// done or already somebody else's, 1 failed, 64 usage.

/// Takes the gate and runs the attempt; without the gate there is nothing to do.
func standOver(_ directory: AttemptDirectory) throws {
    try Overseer.begin()
    let owner = try directory.owner()
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

/// Kills what is left of an attempt whose shim died without a record of the end, until nothing is.
func bury(_ directory: AttemptDirectory) throws {
    guard try directory.standing() == .abandoned else { return }
    let names = ["INTERLOCK_TASK=", "INTERLOCK_ATTEMPT="]
    let marks = try directory.spec().environment.entries.map { String(decoding: $0, as: UTF8.self) }
        .filter { entry in names.contains { entry.hasPrefix($0) } }
    guard marks.count == names.count else { return }
    while try AttemptRemains.kill(entries: marks, cgroup: try directory.cgroup()) > 0 {
        _ = waitUntilReadable([], milliseconds: 10)
    }
}

/// The directory that was named, as long as it is his who asks through sudo(8): nobody has another one's attempt run by it.
func attempt(at path: String) throws -> AttemptDirectory {
    let directory = try AttemptDirectory(path: path).pinned()
    let owner = try directory.owner().userID
    if let asker = Environment.current["SUDO_UID"], asker != String(owner) {
        throw SystemError(.permission, "\(path) belongs to user \(owner), not to user \(asker), who started this")
    }
    return directory
}

fillStandardStreams()
let arguments = CommandLine.arguments.dropFirst()
let isBurial = arguments.first == "--bury"
let paths = arguments.dropFirst(isBurial ? 1 : 0)
guard let path = paths.first, paths.count == 1, path.hasPrefix("/") else {
    Program.complain("usage: interlock-shim [--bury] ATTEMPT_DIRECTORY (an absolute path)")
    Program.leave(64)
}
do {
    let directory = try attempt(at: path)
    try isBurial ? bury(directory) : standOver(directory)
} catch {
    Program.complain("interlock-shim: \(error)")
    Program.leave(1)
}
