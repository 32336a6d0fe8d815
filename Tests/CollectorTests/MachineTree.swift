import Foundation
import Glibc
import System
import Testing

@testable import Collector

/// A directory in place of a machine's root, removed with the value.
final class MachineTree: Sendable {
    let path: String

    static let files = [
        "proc/stat": Fixtures.stat, "proc/loadavg": Fixtures.loadavg, "proc/meminfo": Fixtures.meminfo,
        "proc/vmstat": Fixtures.vmstat, "proc/pressure/io": Fixtures.pressure, "proc/diskstats": Fixtures.diskstats,
        "proc/net/dev": Fixtures.network, "proc/sys/fs/file-nr": Fixtures.fileHandles, "proc/uptime": Fixtures.uptime,
        "proc/self/mountinfo": Fixtures.mounts,
    ]

    init() throws {
        var template = Array("/tmp/interlock-collector-XXXXXX".utf8CString)
        let made = mkdtemp(&template)
        try #require(made != nil)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        for (name, text) in Self.files { try write(text, to: name) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ text: String, to name: String) throws {
        let directory = URL(fileURLWithPath: file(name)).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
    }

    func link(_ name: String, to target: String) throws {
        let directory = URL(fileURLWithPath: file(name)).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: file(name), withDestinationPath: file(target))
    }

    /// The machine, all of whose file systems are alike, but that one cannot be written.
    var machine: Machine {
        Machine(
            root: path,
            room: { mount in
                FileSystemRoom(
                    blockBytes: 4096, blocks: 100, freeBlocks: 50, availableBlocks: 40, inodes: 30, freeInodes: 20,
                    isReadOnly: mount == "/broken")
            }, isClockSynchronised: { true })
    }
}

extension Pass {
    func report(_ collector: String) throws -> Report { try #require(reports.first { $0.collector == collector }) }

    func value(_ metric: Metric, _ label: String = "", of subject: Subject = .host) -> Double? {
        let series = Series(metric, label, of: subject)
        return reports.flatMap(\.samples).first { $0.series == series }?.value
    }
}
