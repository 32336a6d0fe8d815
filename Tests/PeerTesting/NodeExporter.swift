import Foundation

/// Debian's node_exporter with the collectors that it has by itself.
public final class NodeExporter {
    private static let program = "/usr/bin/prometheus-node-exporter"
    /// Whether the host has it.
    public static let isInstalled = FileManager.default.isExecutableFile(atPath: program)

    private let directory: PeerDirectory
    private let peer: Peer

    public init() throws {
        directory = try PeerDirectory()
        let address = PeerAddress()
        peer = try Peer([Self.program, "--web.listen-address=\(address)"], at: address, directory)
    }

    public var isRunning: Bool { peer.isRunning }

    public func end() { peer.end() }

    /// What it measures now, by name and labels as they stand on its page; nil while it does not answer.
    public func samples() -> [String: Double]? {
        let script = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())"
        guard let page = try? PeerCommand.run(["python3", "-c", script, "http://\(peer.address)/metrics"]) else {
            return nil
        }
        let lines = page.split(separator: "\n").filter { !$0.hasPrefix("#") }
        return Dictionary(
            lines.compactMap { line in
                guard let blank = line.lastIndex(of: " "), let value = Double(line[blank...].dropFirst()) else {
                    return nil
                }
                return (String(line[..<blank]), value)
            }, uniquingKeysWith: { $1 })
    }
}
