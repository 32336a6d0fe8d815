import Glibc
import Testing

@testable import System

/// Places of a test's own in the kernel, made by unshare(1). Everything in one ends with its standard input, or with the test.
enum Namespaces {
    /// Whether this user may make them: root may, unless a container keeps it from it.
    static func areAvailable() async throws -> Bool {
        guard getuid() == 0 else { return false }
        let unshare = try Interlock(command("--pid", "true"), environment: ["PATH": "/usr/bin:/bin"])
        return try await unshare.answer().status == 0
    }

    /// Whether pid_max counts in a pid namespace for that namespace alone: since Linux 6.14. Before, it was the whole host's.
    static var havePidMaximum: Bool {
        var name = utsname()
        guard uname(&name) == 0 else { return false }
        let release = withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return numbers.count == 2 && (numbers[0], numbers[1]) >= (6, 14)
    }

    fileprivate static func command(_ kind: String, _ script: String) -> [[UInt8]] {
        let options =
            switch kind {
            case "--pid": ["--pid", "--fork", "--kill-child", "--mount-proc"]
            case "--time": ["--time", "--boottime", "100000", "--fork", "--kill-child"]
            default: [kind]
            }
        return (["unshare"] + options + ["sh", "-c", script]).map { Array($0.utf8) }
    }
}

extension Site {
    /// Runs a script as the first process of a pid namespace.
    func inPidNamespace(_ script: String) throws -> Interlock {
        try Interlock(Namespaces.command("--pid", script), environment: environment)
    }

    /// Runs a script whose clock of the time since boot is a day ahead, and with it every process's start.
    func inShiftedTime(_ script: String) throws -> Interlock {
        try Interlock(Namespaces.command("--time", script), environment: environment)
    }

    /// Runs a script that sees another boot id than this host has.
    func afterAnotherBoot(_ script: String) throws -> Interlock {
        try scratch.write("11111111-2222-4333-8444-555555555555\n", to: "boot_id")
        let mount = "mount --bind \(scratch.file("boot_id")) /proc/sys/kernel/random/boot_id && "
        return try Interlock(Namespaces.command("--mount", mount + script), environment: environment)
    }
}
