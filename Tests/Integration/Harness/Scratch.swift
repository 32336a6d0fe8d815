import Foundation
import Glibc
import Testing

@testable import System

/// A directory of a test's own, removed with the value.
final class Scratch: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/interlock-it-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        // Another user's processes may have business below it.
        chmod(path, 0o711)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func bytes(_ name: String) -> [UInt8] {
        FileManager.default.contents(atPath: file(name)).map(Array.init) ?? []
    }

    func text(_ name: String) -> String { String(decoding: bytes(name), as: UTF8.self) }

    /// Writes a file whole.
    func write(_ text: String, to name: String) throws {
        try text.write(toFile: file(name), atomically: true, encoding: .utf8)
    }

    /// The first line of a file once it is whole.
    func line(_ name: String) async throws -> String {
        try await eventually("a line in \(name)", in: path) {
            let text = self.text(name)
            return text.firstIndex(of: "\n").map { String(text[..<$0]) }
        }
    }

    /// A process whose id a program wrote into a file.
    func process(_ name: String) async throws -> ProcessIdentity {
        try ProcessIdentity.of(pid: try #require(Int32(try await line(name))))
    }
}

/// Long enough for a busy machine, and bounded: what has not happened by then does not happen.
let patience = Duration.seconds(60)

struct NeverHappened: Error, CustomStringConvertible {
    var what: String
    var description: String { "never happened: \(what)" }
}

/// What `look` finds in a directory's files; inotify(7) tells when to look again.
func eventually<Found>(_ what: String, in directory: String, _ look: () throws -> Found?) async throws -> Found {
    let raw = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
    try #require(raw >= 0)
    let events = Descriptor(owning: raw)
    let mask = UInt32(IN_CREATE) | UInt32(IN_MOVED_TO) | UInt32(IN_MODIFY) | UInt32(IN_DELETE) | UInt32(IN_CLOSE_WRITE)
    try #require(inotify_add_watch(events.raw, directory, mask) >= 0)
    let deadline = MonotonicTime.now.advanced(by: patience)
    while true {
        if let found = try look() { return found }
        guard MonotonicTime.now < deadline else { throw NeverHappened(what: what) }
        // What files do not tell, such as a process's end, is looked for now and then.
        let isReadable = try await Readiness.shared.readable(events.raw, deadline: .now.advanced(milliseconds: 250))
        if isReadable { _ = try events.read(atMost: 64 << 10) }
    }
}

/// Waits until a process, not necessarily a child, has ended.
func ends(_ identity: ProcessIdentity) async throws {
    let process: PidFD
    do {
        process = try PidFD(identity)
    } catch {
        guard error.code == .noProcess || error.code == .notFound else { throw error }
        return
    }
    let deadline = MonotonicTime.now.advanced(by: patience)
    guard try await Readiness.shared.readable(process.descriptor.raw, deadline: deadline) else {
        throw NeverHappened(what: "the end of \(identity)")
    }
}

/// Whether it lives: neither gone nor a zombie.
func lives(_ identity: ProcessIdentity) -> Bool {
    if case .dead = identity.liveness() { return false }
    return true
}

func signal(_ number: Int32, to identity: ProcessIdentity) throws {
    try PidFD(identity).signal(number)
}

/// Stops a process and returns when it stands still.
func freeze(_ identity: ProcessIdentity) async throws {
    try signal(SIGSTOP, to: identity)
    try await stands(identity)
}

/// Waits until a process has been stopped.
func stands(_ identity: ProcessIdentity) async throws {
    let deadline = MonotonicTime.now.advanced(by: patience)
    while !(try String(contentsOfFile: "/proc/\(identity.pid)/status", encoding: .utf8)).contains("State:\tT") {
        try #require(MonotonicTime.now < deadline)
        sched_yield()
        await Task.yield()
    }
}
