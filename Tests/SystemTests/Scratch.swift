import Foundation
import Glibc
import Testing

@testable import System

/// A directory of a test's own, removed with the value, and waiting for what happens in it.
final class Scratch: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/interlock-system-XXXXXX".utf8CString)
        let made = mkdtemp(&template)
        try #require(made != nil)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func text(_ name: String) throws -> String {
        String(decoding: try readFile(file(name), limit: 4 << 20), as: UTF8.self)
    }

    /// The first number in a file.
    func pid(_ name: String) throws -> Int32 {
        try #require(Int32(text(name).trimmingCharacters(in: .whitespacesAndNewlines)))
    }
}

/// Waits until a condition holds that depends on a directory's files; inotify(7) tells when to look.
func wait(on directory: String, until holds: () throws -> Bool) async throws {
    let raw = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
    try #require(raw >= 0)
    let events = Descriptor(owning: raw)
    let mask = UInt32(IN_CREATE) | UInt32(IN_MOVED_TO) | UInt32(IN_MODIFY) | UInt32(IN_DELETE) | UInt32(IN_CLOSE_WRITE)
    try #require(inotify_add_watch(events.raw, directory, mask) >= 0)
    let deadline = MonotonicTime.now.advanced(milliseconds: patienceMilliseconds)
    while try !holds() {
        let isReadable = try await Readiness.shared.readable(events.raw, deadline: deadline)
        try #require(isReadable, "nothing happened in \(directory)")
        _ = try events.read(atMost: 64 << 10)
    }
}

/// Waits until a process has ended.
func waitForEnd(of identity: ProcessIdentity) async throws {
    let watcher = ProcessWatcher()
    watcher.watch(identity)
    for await ended in watcher.ended where ended.identity == identity { return }
}

/// Signals 32 and 33, which glibc keeps to itself (nptl(7)): whoever starts the tests decides about them.
let ofTheCLibrary: UInt64 = 0x1_8000_0000

/// Long enough for a busy machine.
let patienceMilliseconds: UInt64 = 60_000

extension [String] {
    var bytes: [[UInt8]] { map { [UInt8]($0.utf8) } }
}
