import Foundation

/// Debian's carbon-cache with whisper files of a test's own: a value a second, for an hour. Not running until it is started.
public final class Carbon {
    /// Whether the host has it.
    public static let isInstalled = FileManager.default.isExecutableFile(atPath: "/usr/bin/carbon-cache")

    public let address = PeerAddress()
    private let directory: PeerDirectory
    private var peer: Peer?

    public init() throws {
        directory = try PeerDirectory()
        let place = directory.path
        try directory.write(
            """
            [cache]
            STORAGE_DIR = \(place)
            LOCAL_DATA_DIR = \(place)/whisper
            CONF_DIR = \(place)
            LOG_DIR = \(place)
            PID_DIR = \(place)
            USER =
            MAX_UPDATES_PER_SECOND = inf
            MAX_CREATES_PER_MINUTE = inf
            LINE_RECEIVER_INTERFACE = \(address.host)
            LINE_RECEIVER_PORT = \(address.port)
            PICKLE_RECEIVER_PORT = 0
            CACHE_QUERY_INTERFACE = \(address.host)
            CACHE_QUERY_PORT = \(PeerAddress(beside: address).port)
            CARBON_METRIC_INTERVAL = 0
            ENABLE_TAGS = False

            """, to: "carbon.conf")
        try directory.write("[all]\npattern = .*\nretentions = 1s:1h\n", to: "storage-schemas.conf")
    }

    public func start() throws {
        let command = ["carbon-cache", "--config=\(directory.file("carbon.conf"))", "--nodaemon", "start"]
        peer = try Peer(["/usr/bin/env", "PATH=/usr/bin:/bin"] + command, at: address, directory)
    }

    /// Ends it as a crash would: what it has not written is lost with it.
    public func stop() {
        peer?.end()
        peer = nil
        try? FileManager.default.removeItem(atPath: directory.file("carbon-cache-a.pid"))
    }

    /// The values in a name's whisper file, by second; none where there is no file yet.
    public func values(of name: String) throws -> [Int: Double] {
        let file = directory.file("whisper/\(name.replacingOccurrences(of: ".", with: "/")).wsp")
        guard FileManager.default.fileExists(atPath: file) else { return [:] }
        // A file that is just being made is none yet. Not with --drop=nulls, which tells wrong seconds.
        guard let text = try? PeerCommand.run(["PATH=/usr/bin:/bin", "whisper-fetch", file]) else {
            return [:]
        }
        return Dictionary(
            text.split(separator: "\n").compactMap { line in
                let words = line.split(separator: "\t")
                guard words.count == 2, let second = Int(words[0]), let value = Double(words[1]) else { return nil }
                return (second, value)
            }, uniquingKeysWith: { $1 })
    }

    /// The names that have a file.
    public func names() -> [String] {
        let all = FileManager.default.enumerator(atPath: directory.file("whisper"))?.compactMap { $0 as? String } ?? []
        return all.filter { $0.hasSuffix(".wsp") }.map { $0.dropLast(4).replacingOccurrences(of: "/", with: ".") }
    }
}
