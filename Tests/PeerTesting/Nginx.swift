import Foundation

/// Debian's nginx, which tells of itself at /status.
public final class Nginx {
    /// Whether the host has it.
    public static let isInstalled = FileManager.default.isExecutableFile(atPath: "/usr/sbin/nginx")

    public let address = PeerAddress()
    private let directory: PeerDirectory
    private let peer: Peer

    public init() throws {
        directory = try PeerDirectory()
        let place = directory.path
        let parts = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(place)/\($0);" }
        let file = try directory.write(
            """
            daemon off;
            master_process off;
            pid \(place)/pid;
            events {}
            http {
                access_log off;
                \(parts.joined(separator: "\n    "))
                server { listen \(address); location = /status { stub_status; } }
            }

            """, to: "nginx.conf")
        peer = try Peer(["/usr/sbin/nginx", "-e", directory.file("errors"), "-c", file], at: address, directory)
    }

    public func end() { peer.end() }
}
