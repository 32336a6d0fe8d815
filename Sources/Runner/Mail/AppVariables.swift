internal import EventStore
internal import Events
internal import Projections
internal import System

/// The file of variables of an app: read, and written whole when a value is another one. Mode 0600, with the app's owner or the
/// configured one; atomic, so that an app that starts meanwhile reads the old values or the new ones.
struct AppVariables {
    /// The most bytes of such a file.
    static let maximumBytes = 1 << 20

    /// How a file stands to what it is to hold.
    enum Standing: Equatable {
        /// It has all values, or none is to be there.
        case current
        /// None of the names is in it: the app has not been given anything by it yet.
        case absent
        /// A value is another one.
        case different
    }

    /// Why a file cannot be written; a clause.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let app: AppRecord
    private let path: String
    private let variables: MailVariables
    private let text: EnvText
    private let isThere: Bool
    private let owner: FileOwner?

    /// Nil for an app without a file. Makes the app's password where it has none; one that is in the file is believed to be the
    /// right one where `trustsFile` says so, and nothing is asked then.
    init?(
        of app: AppRecord, _ mail: AppMail?, _ settings: MailSettings, _ site: OpenSite, trustsFile: Bool = false
    ) async throws {
        guard let path = app.settings.envFile else { return nil }
        self.app = app
        self.path = path
        owner = try Self.owner(of: app, settings)
        let bytes = try Self.read(path)
        (text, isThere) = (EnvText(bytes ?? []), bytes != nil)
        let known = text[MailVariables.passwordName(settings.variablePrefix)].flatMap { $0.isEmpty ? nil : $0 }
        var password = ""
        if let known, trustsFile {
            password = known
        } else if mail != nil {
            password = try await AppPassword(site: site).password(of: app.id, known: known)
        }
        variables = MailVariables(of: app, mail, settings, password: password)
    }

    private var names: [String] { MailVariables.names(variables.prefix) }

    /// How the file stood when it was read.
    var standing: Standing {
        if text.with(variables.values, of: names) == text { return .current }
        return names.allSatisfy { text[$0] == nil } ? .absent : .different
    }

    /// Writes the file; what is in it besides stays.
    func write() throws {
        guard standing != .current || !isThere && !variables.values.isEmpty else { return }
        do throws(SystemError) {
            try Self.inDirectory(of: path) { place throws(SystemError) in
                try DurableFile.write(
                    text.with(variables.values, of: names).bytes, to: place, mode: 0o600, owner: owner)
            }
        } catch {
            throw Failure(description: "the variables of \(app.id) cannot be written to \(path): \(error.message)")
        }
    }

    private static func read(_ path: String) throws -> [UInt8]? {
        do throws(SystemError) {
            return try inDirectory(of: path) { place throws(SystemError) in
                try DurableFile.read(place, limit: maximumBytes)
            }
        } catch {
            throw Failure(description: "\(path) cannot be read: \(error.message)")
        }
    }

    private static func inDirectory<Result>(
        of path: String, _ body: (String) throws(SystemError) -> Result
    ) throws(SystemError) -> Result {
        let parts = path.split(separator: "/")
        let directory = try PinnedDirectory("/" + parts.dropLast().joined(separator: "/"))
        return try body(directory.path(of: String(parts.last ?? "")))
    }

    /// Nil for the service's own user.
    private static func owner(of app: AppRecord, _ settings: MailSettings) throws -> FileOwner? {
        guard let name = app.settings.envOwner ?? settings.envOwner else { return nil }
        guard let credentials = Host.credentials(ofUser: name) else {
            throw Failure(description: "the owner of the variables of \(app.id), '\(name)', is no user of this system")
        }
        return FileOwner(credentials)
    }
}
