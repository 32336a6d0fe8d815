import Foundation
import Glibc

/// An initialised data directory, made once per machine user and server version, and copied for every server: making one
/// takes seconds, copying it a fraction of one.
enum DataTemplate {
    /// Copies the template to `directory`/data, where a server can use it.
    static func copy(for kind: ServerKind, to directory: String) throws {
        let log = directory + "/setup.log"
        let template = try prepared(kind, scratch: directory, log: log)
        try Command.run(["cp", "-a", "--reflink=auto", template, directory + "/data"], log: log)
    }

    /// The template's path; made now, under a lock, if it is not there.
    private static func prepared(_ kind: ServerKind, scratch: String, log: String) throws -> String {
        guard let program = kind.server.last(where: { $0.contains("/sbin/") }), access(program, R_OK) == 0 else {
            throw ServerTestingError("there is no \(kind) server; \(kind.whereToGetIt)")
        }
        let cache = cacheDirectory
        try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
        var status = stat()
        stat(program, &status)
        let template = "\(cache)/\(kind)-\(status.st_size)-\(status.st_mtim.tv_sec)"
        let lock = open("\(template).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw ServerTestingError("cannot write to \(cache)") }
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0 && errno == EINTR {}
        if access(template, F_OK) == 0 { return template }
        // Made in the scratch directory, which the server's user may enter, then put in place whole.
        let fresh = scratch + "/template"
        try Command.run(kind.initialise(fresh, scratch: scratch), log: log)
        try Command.run(["rm", "-rf", template + ".part"], log: log)
        try Command.run(["cp", "-a", fresh, template + ".part"], log: log)
        guard rename(template + ".part", template) == 0 else { throw ServerTestingError("cannot write to \(cache)") }
        try Command.run(["rm", "-rf", fresh], log: log)
        return template
    }

    private static var cacheDirectory: String {
        let environment = ProcessInfo.processInfo.environment
        return environment["INTERLOCK_TEST_CACHE"] ?? (environment["HOME"] ?? "/tmp") + "/.cache/interlock-test"
    }
}
