import Foundation
import Glibc
import Testing

@testable import System

/// A runner that is not root and may start tasks as another user by the sudoers file of this repository, for once with this
/// place's paths and two users that every Debian has. Its view of /etc/sudoers is its own, and goes with it.
enum Sudo {
    /// Whose the runner is.
    static let runner = "daemon"
    /// Whom its tasks run as.
    static let user = "games"

    static func isAvailable() async throws -> Bool {
        guard try await Namespaces.areAvailable() else { return false }
        return access("/usr/bin/sudo", X_OK) == 0
    }

    static let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../sudoers/interlock")

    /// The repository's file with this place's paths.
    static func rules(_ site: Site) throws -> String {
        try String(contentsOf: file, encoding: .utf8)
            .replacing("/usr/local/bin/", with: "\(site.scratch.path)/bin/")
            .replacing("/var/lib/interlock/", with: "\(site.stateDirectory)/")
            .replacing("INTERLOCK = interlock", with: "INTERLOCK = \(runner)")
            .replacing("INTERLOCK_USERS = app", with: "INTERLOCK_USERS = \(user)")
    }

    /// A site whose state directory belongs to the runner's user.
    static func site(_ configuration: String) async throws -> Site {
        let site = try await Site.make(configuration: configuration)
        let account = try #require(Host.credentials(ofUser: runner))
        for name in ["state", "bin"] { try DurableFile.makeDirectory(site.scratch.file(name), mode: 0o755) }
        try Directory.give(site.stateDirectory, to: account)
        chmod(site.scratch.file("interlock.yaml"), 0o644)
        return site
    }
}

extension Site {
    /// Starts the service as the runner's user, who sees these sudoers.
    func serve(sudoers rules: String) async throws -> Interlock {
        try scratch.write(rules, to: "sudoers")
        chmod(scratch.file("sudoers"), 0o440)
        let script = """
            mount --bind \(Built.directory) "$DIR/bin" && mount --bind "$DIR/sudoers" /etc/sudoers &&
                exec setpriv --reuid \(Sudo.runner) --regid \(Sudo.runner) --clear-groups "$DIR/bin/interlock" serve
            """
        let service = try Interlock(
            ["unshare", "--mount", "sh", "-c", script].map { Array($0.utf8) }, environment: environment)
        try await service.complains("serving")
        return service
    }
}
