import Foundation
import Glibc
import Seeds
import Testing

@testable import Collector
@testable import System

/// Directories made for tests, and what others say of them.
enum DirectoryFixtures {
    static let metrics: [Metric] = [
        .directoryBytes, .directoryApparentBytes, .directoryInodes, .directoryComplete, .directoryAge, .directoryWalk,
    ]

    static func directory(_ path: String) throws { try #require(mkdir(path, 0o755) == 0, "\(path)") }

    /// Written to the disk, so that what it takes there is settled.
    static func file(_ path: String, bytes: Int = 0, hole: Int = 0) throws {
        let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        try #require(file >= 0, "\(path)")
        defer { close(file) }
        let content = [UInt8](repeating: 7, count: bytes)
        try #require(write(file, content, bytes) == bytes)
        if hole > 0 { try #require(ftruncate(file, off_t(bytes + hole)) == 0) }
        fsync(file)
    }

    /// All that can be in a directory: several names of one file, links, also in a ring, holes, sockets' and pipes' places, names that
    /// are no text, and directories below each other.
    static func tree(at path: String, seed: Int) throws {
        var random = Random(seed: seed)
        try directory(path)
        var directories = [path]
        var files: [String] = []
        for number in 0..<300 {
            let parent = directories[random.below(directories.count)]
            let name = "\(parent)/\(number)"
            switch random.below(8) {
            case 0, 1:
                try directory(name)
                directories.append(name)
            case 2: try file(name, bytes: random.below(30_000), hole: 10 << 20)
            case 3: try #require(symlink(directories[random.below(directories.count)], name) == 0)
            case 4: try #require(mkfifo(name, 0o600) == 0)
            case 5 where !files.isEmpty: try #require(link(files[random.below(files.count)], name) == 0)
            default:
                try file(name, bytes: random.below(30_000))
                files.append(name)
            }
        }
        try #require(symlink("..", "\(path)/up") == 0)
        let odd = Array(path.utf8CString.dropLast()) + [47, -1, 10, 32, 0]
        try #require(mkdir(odd, 0o755) == 0)
    }

    /// What du(1) says: bytes on the disk, and inodes.
    static func usage(of path: String) async throws -> (bytes: Int, inodes: Int) {
        var numbers: [Int] = []
        for option in ["--block-size=1", "--inodes"] {
            let outcome = try await BoundedCommand.run(Launch(["du", "-s", "-x", option, path]), within: .seconds(60))
            let words = String(decoding: outcome.output, as: UTF8.self)
            numbers.append(try #require(words.split(separator: "\t").first.flatMap { Int($0) }, "\(words)"))
        }
        return (numbers[0], numbers[1])
    }
}

extension Report {
    func value(_ metric: Metric, _ label: String, of subject: Subject = .host) -> Double? {
        let series = Series(metric, label, of: subject)
        return samples.first { $0.series == series }?.value
    }
}
