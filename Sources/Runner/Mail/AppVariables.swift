internal import EventStore
internal import Events
internal import Projections
internal import System

/// The file of variables of an app: read, and written whole when a value is another one. Mode 0600, with the app's owner or the
/// configured one; atomic, so that an app that starts meanwhile reads the old values or the new ones.
struct AppVariables {
    /// The most bytes of such a file.
    static let maximumBytes = 1 << 20
    private static let mode: UInt32 = 0o600

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
    /// Whom it belongs to and who may use it; nil where there is no file.
    private let access: FileAccess?
    /// Whether only the service's own user can put files where it is.
    private let isOwnPlace: Bool
    private let owner: FileOwner?
    /// The names that are ours in it: with a prefix that is not the configured one any more, those too.
    private let names: [String]

    /// Nil for an app without a file. Makes the app's password where it has none; one that is in the file is taken up then.
    init?(of app: AppRecord, _ mail: AppMail?, _ settings: MailSettings, _ site: OpenSite) async throws {
        guard let path = app.settings.envFile else { return nil }
        self.app = app
        self.path = path
        owner = try Self.owner(of: app, settings)
        let file = try Self.read(path)
        (text, access, isOwnPlace) = (EnvText(file?.bytes ?? []), file?.access, file?.isOwnPlace ?? true)
        var password = ""
        if mail != nil {
            let known = text[MailVariables.passwordName(settings.variablePrefix)].flatMap { $0.isEmpty ? nil : $0 }
            password = try await AppPassword(site: site).password(of: app.id, known: known)
        }
        variables = MailVariables(of: app, mail, settings, password: password)
        let prefixes = [
            settings.variablePrefix,
            MailVariables.formerPrefix(in: text, password: password, besides: settings.variablePrefix),
        ]
        names = prefixes.compactMap { $0 }.flatMap(MailVariables.names)
    }

    /// How the file stood when it was read.
    var standing: Standing {
        if text.with(variables.values, of: names) == text { return .current }
        return names.allSatisfy { text[$0] == nil } ? .absent : .different
    }

    /// True where the file is not for its owner alone, or not his: that is no value, and nobody has to be told.
    private var isMisplaced: Bool {
        guard let access, !variables.values.isEmpty else { return false }
        return access != FileAccess(userID: owner?.userID ?? Host.userID, mode: Self.mode)
    }

    /// True where somebody who can put files here may have put another's, to be given what it holds besides.
    private var isBait: Bool {
        guard let access, !isOwnPlace, access.userID != owner?.userID ?? Host.userID else { return false }
        return text.with([:], of: names) != EnvText([])
    }

    /// Writes the file, unless it is as it is to be; what is in it besides stays.
    func write() throws {
        guard standing != .current || isMisplaced || access == nil && !variables.values.isEmpty else { return }
        guard !isBait else {
            throw Failure(
                description:
                    "\(path) holds more than the variables of \(app.id) and belongs to another user than they do, "
                    + "in a directory where others can put files: chown it, or move it away")
        }
        do throws(SystemError) {
            try Self.inDirectory(of: path) { place, _ throws(SystemError) in
                try DurableFile.write(
                    text.with(variables.values, of: names).bytes, to: place, mode: Self.mode, owner: owner)
            }
        } catch {
            throw Failure(description: "the variables of \(app.id) cannot be written to \(path): \(error.message)")
        }
    }

    private static func read(_ path: String) throws -> (bytes: [UInt8], access: FileAccess, isOwnPlace: Bool)? {
        do throws(SystemError) {
            return try inDirectory(of: path) { place, directory throws(SystemError) in
                guard let bytes = try DurableFile.read(place, limit: maximumBytes) else { return nil }
                let directory = try FileAccess(of: directory)
                return (
                    bytes, try FileAccess(of: place), directory.userID == Host.userID && directory.mode & 0o022 == 0
                )
            }
        } catch {
            throw Failure(description: "\(path) cannot be read: \(error.message)")
        }
    }

    private static func inDirectory<Result>(
        of path: String, _ body: (_ place: String, _ directory: String) throws(SystemError) -> Result
    ) throws(SystemError) -> Result {
        let parts = path.split(separator: "/")
        let directory = try PinnedDirectory("/" + parts.dropLast().joined(separator: "/"))
        return try body(directory.path(of: String(parts.last ?? "")), directory.path(of: "."))
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
