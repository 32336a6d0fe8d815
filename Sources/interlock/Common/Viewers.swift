import EventStore
import Events
import Projections
import Runner

/// Who looks.
extension Context {
    /// Who has the database's credentials is an administrator; with `--as` he sees what the named user may see. The users are
    /// those of now, also where the past is looked at: `source`, else the database.
    func viewer(_ options: ViewOptions, in source: HistorySource? = nil) async throws -> Viewer {
        guard let name = options.viewer else { return .administrator }
        return try viewer(named: name, in: try await users(source))
    }

    /// The same where the platform is at hand, as it is now.
    func viewer(_ options: ViewOptions, in platform: Platform) throws -> Viewer {
        try options.viewer.map { try viewer(named: $0, in: platform) } ?? .administrator
    }

    /// What a user may see: his role, and the apps that he is an operator of.
    func viewer(named name: String, in platform: Platform) throws -> Viewer {
        guard let viewer = platform.viewer(named: name) else {
            throw CommandFailure(
                .noSuchThing, code: "no-such-user", "there is no user '\(name)'", hint: "See: interlock user list")
        }
        return viewer
    }

    private func users(_ source: HistorySource?) async throws -> Platform {
        if case .file(let log)? = source { return try await HistorySource.file(log).platform(at: log.end()).state }
        return try await unchecked().current(Platform.self).machine
    }
}
