import EventStore
import Events
import MySQL
import Projections
import Runner
import System

/// What the rooms below throw, as exit code and words for the one who gave the command.
extension CommandFailure {
    static func noSuchPosition(_ position: Position, head: Position) -> CommandFailure {
        CommandFailure(
            .noSuchThing, code: "no-such-position", "the log has no position \(position)",
            hint: head == 0 ? "It is empty" : "Its last one is \(head)")
    }

    init?(known error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as StoreError: self.init(error)
        case let error as MySQLError: self.init(StoreError(error))
        case let error as Refusal: self.init(error)
        case let error as ConfigurationError:
            self.init(
                .configuration, code: "configuration", error.problems.map(\.description).joined(separator: "; "),
                hint: "Mend it, then: interlock config check")
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
            case .damaged, .inconsistent, .restored: .damaged
            case .schemaOlder, .schemaNewer, .unsafeServer, .wrongEndpoint: .configuration
            case .notPermitted, .readOnly: .notPermitted
            case .full, .tooLarge, .unreadable: .failed
            default: .unavailable
            }
        let hint = error.hint ?? (error.code == .damaged ? "run: interlock log verify" : nil)
        self.init(exit, code: error.code.description, error.message, hint: hint.map(sentence))
    }

    private init(_ refusal: Refusal) {
        let exit: ExitCode =
            switch refusal.code {
            case .noSuchUser, .noSuchApp, .noSuchToken, .noSuchTask, .noSuchSession, .noSuchRequest, .noSuchPosition,
                .noSuchNotification:
                .noSuchThing
            case .invalid: .usage
            case .slotWithoutCapacity: .configuration
            default: .failed
            }
        self.init(
            exit, code: refusal.code.rawValue, clause(refusal.message), hint: refusal.hint.map { sentence(clause($0)) })
    }
}

/// A sentence as it stands behind `interlock: `, without its capital and its full stop.
private func clause(_ text: String) -> String {
    let words = text.hasSuffix(".") ? text.dropLast() : text[...]
    return words.prefix(1).lowercased() + words.dropFirst()
}

/// A hint as it stands behind a full stop.
func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
}
