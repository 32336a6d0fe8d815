import EventStore
import Events
import MySQL
import Projections
import Runner
import System

/// What the rooms below throw, as exit code and words for the one who gave the command.
extension CommandFailure {
    init?(known error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as StoreError: self.init(error)
        case let error as MySQLError: self.init(StoreError(error))
        case let error as Refusal: self.init(error)
        case let error as ConfigurationError:
            self.init(
                .configuration, code: "configuration", error.description, hint: "Mend it, then: interlock config check")
        case let error as SystemError:
            let exit: ExitCode = error.code == .permission ? .notPermitted : .failed
            self.init(exit, code: "system", error.description)
        case let error as PrivateServer.Failure:
            self.init(.unavailable, code: "no-database", error.description, hint: error.hint)
        case let error as HistoryError:
            self.init(.damaged, code: "history", error.description, hint: "Run: interlock log verify")
        case let error as TaskRefusal:
            self.init(.usage, code: "arguments", error.description, hint: "See: interlock task types")
        case let error as SecretFailure:
            self.init(.configuration, code: "secret-key", error.description)
        case let error as DeadlockRefused: self.init(error)
        case Claimant.Failure.foreignSession(let session):
            self.init(
                .configuration, code: "foreign-session", "INTERLOCK_SESSION '\(session)' is of another database",
                hint: "Use the database that the surrounding 'lock run' or task uses, or unset INTERLOCK_SESSION")
        default: return nil
        }
    }

    private init(_ error: StoreError) {
        let exit: ExitCode =
            switch error.code {
            case .damaged, .inconsistent: .damaged
            case .schemaOlder, .schemaNewer, .unsafeServer: .configuration
            case .notPermitted, .readOnly: .notPermitted
            case .full, .tooLarge: .failed
            default: .unavailable
            }
        self.init(exit, code: error.code.description, error.message, hint: error.hint.map(sentence))
    }

    private init(_ refusal: Refusal) {
        let exit: ExitCode =
            switch refusal.code {
            case .noSuchToken, .noSuchTask, .noSuchSession, .noSuchRequest: .noSuchThing
            case .invalid: .usage
            case .slotWithoutCapacity: .configuration
            default: .failed
            }
        self.init(exit, code: refusal.code.rawValue, refusal.message, hint: refusal.hint.map(sentence))
    }
}

/// A hint as it stands behind a full stop.
private func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
}
