import Foundation

/// Debian's collectd, which measures the host each second and writes what it reads into files of a test's own, counters as they are.
public final class Collectd {
    /// Whether the host has it.
    public static let isInstalled = FileManager.default.isExecutableFile(atPath: "/usr/sbin/collectd")

    /// Seconds from one reading to the next.
    public static let interval = 1.0

    private static let plugins = [
        "cpu", "load", "memory", "swap", "df", "disk", "interface", "processes", "vmem", "fhcount", "uptime", "csv",
    ]

    private let directory: PeerDirectory
    private let peer: Peer

    public init() throws {
        directory = try PeerDirectory()
        let place = directory.path
        let file = try directory.write(
            """
            Hostname "h"
            FQDNLookup false
            BaseDir "\(place)"
            PIDFile "\(place)/pid"
            Interval \(Self.interval)
            \(Self.plugins.map { "LoadPlugin \($0)" }.joined(separator: "\n"))
            <Plugin df>
              ReportInodes true
            </Plugin>
            <Plugin csv>
              DataDir "\(place)/csv"
              StoreRates false
            </Plugin>

            """, to: "collectd.conf")
        // It listens nowhere.
        peer = try Peer(["/usr/sbin/collectd", "-f", "-C", file], at: PeerAddress(), directory)
    }

    /// A directory into which it writes at each interval, once it has begun.
    public var written: String { directory.file("csv/h/uptime") }

    public var isRunning: Bool { peer.isRunning }

    public func end() { peer.end() }

    /// What it has written, by `plugin-instance/type-instance`: the row before the last one, and when that was, in seconds since
    /// 1970. A row that is just being written is so never taken.
    public func rows() throws -> [String: (time: Double, values: [Double])] {
        let root = directory.file("csv/h")
        var rows: [String: (time: Double, values: [Double])] = [:]
        for plugin in (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [] {
            for file in try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(plugin)") {
                let text = try directory.text("csv/h/\(plugin)/\(file)")
                let lines = text.split(separator: "\n").dropLast()
                let numbers = lines.last?.split(separator: ",").compactMap { Double($0) } ?? []
                guard let time = numbers.first else { continue }
                // A file is named by its day too.
                let name = String(file.dropLast("-YYYY-MM-DD".count))
                if let other = rows["\(plugin)/\(name)"], other.time > time { continue }
                rows["\(plugin)/\(name)"] = (time, Array(numbers.dropFirst()))
            }
        }
        return rows
    }
}
