import Foundation
import Testing

@testable import System

/// A host whose apps have files of variables, and no mail server yet. Their task writes down for whom it ran.
struct AppHost {
    let site: Site

    /// `mail` are further lines of that section, `script` comes first in the task.
    init(_ mail: String = "", script: String = "true") async throws {
        site = try await Site.make()
        try configure(mail, script: script)
    }

    func configure(_ mail: String, script: String = "true") throws {
        try site.scratch.write(
            """
            host: { id: h1 }
            tasks:
              configure: { command: [sh, -c, '\(script); echo "$0" >> \(site.scratch.file("told"))', "{app}"] }
              hush: { command: ["true"], arguments: { token: { secret: true } } }
            mail:
              internal-address: 127.0.0.1
              configure-task: configure
            \(mail.split(separator: "\n").map { "  \($0)\n" }.joined())
            """, to: "interlock.yaml")
    }

    func file(_ app: String) -> String { site.scratch.file("\(app).env") }

    func register(_ app: String, _ options: String..., file: String? = nil) async throws {
        let file = file ?? self.file(app)
        let arguments = ["app", "register", app, "--domain", "\(app).example.com", "--env-file", file]
        let answer = try await site.start(arguments + options).answer()
        try #require(answer.status == 0, "\(answer.error)")
    }

    /// Those whom the task was run for, in their order.
    var told: [String] { site.scratch.text("told").split(separator: "\n").map(String.init) }

    /// The lines of an app's file.
    func lines(_ app: String) -> [String] {
        site.scratch.text("\(app).env").split(separator: "\n").map(String.init)
    }

    /// The password in an app's file, once it is there.
    func password(_ app: String, _ prefix: String = "MAIL_") async throws -> String {
        let start = "\(prefix)SMTP_PASSWORD="
        return try await site.eventually("\(app) has a password") {
            lines(app).first { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
        }
    }

    /// Runs the app's task anew; what `task show` says at its end.
    func reconfigured(_ app: String) async throws -> JSON {
        try await site.finished(try await site.json("app", "reconfigure", app).task.text ?? "")
    }
}
