import Foundation
import Glibc
import Testing

@testable import System

/// A wall clock for one process that a test can set: a library, loaded before the others, adds to what the kernel says.
/// The monotonic clock goes on as it is: timers are not the matter. (faketime(1) sets both, and the runtime's timers with
/// them stand still.)
struct SetClock {
    private static let source = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/syscall.h>
        #include <time.h>
        #include <unistd.h>
        int clock_gettime(clockid_t id, struct timespec *now) {
            int result = syscall(SYS_clock_gettime, id, now);
            const char *path = id == CLOCK_REALTIME ? getenv("SET_CLOCK") : 0;
            int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
            char text[32] = {0};
            if (file >= 0 && read(file, text, sizeof text - 1) > 0) now->tv_sec += atoll(text);
            if (file >= 0) close(file);
            return result;
        }
        """

    private let file: String
    private let library: String

    init(in scratch: Scratch) async throws {
        file = scratch.file("clock")
        library = scratch.file("clock.so")
        try scratch.write(Self.source, to: "clock.c")
        let build = try Interlock(
            ["clang", "-shared", "-fPIC", "-o", library, scratch.file("clock.c")].map { Array($0.utf8) },
            environment: ProcessInfo.processInfo.environment)
        let answer = try await build.answer()
        try #require(answer.status == 0, "\(answer.error)")
    }

    /// For whoever is to go by it.
    var environment: [String: String] { ["LD_PRELOAD": library, "SET_CLOCK": file, "TZ": "UTC"] }

    /// By so many seconds from the kernel's.
    func shift(by seconds: Int) throws {
        try "\(seconds)".write(toFile: file, atomically: true, encoding: .utf8)
    }

    /// To a time in UTC, within a second of it, from which it goes on.
    func set(_ time: String) throws {
        let wanted = try Date(time, strategy: .iso8601)
        try "\(Int(wanted.timeIntervalSinceNow))".write(toFile: file, atomically: true, encoding: .utf8)
    }
}
