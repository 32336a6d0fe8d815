internal import EventStore
internal import Events
internal import Projections
internal import System

/// The file by which the mail server knows the apps' passwords, kept equal to them.
struct CredentialsFile {
    /// The most bytes of it: a line has some 120 beside the app's id.
    static let maximumBytes = 8 << 20
    /// A file that could not be written, or not be taken up, is tried again after this long.
    static let retryInterval = MailReconciler.longestPause

    /// What the file was looked at for.
    private struct Look: Equatable {
        let apps: [[String?]]
        let settings: MailSettings
    }

    private var last: (look: Look, problem: String?, due: MonotonicTime)?
    /// What the reload command was run for last. Unknown at first: another runner may have died between writing and reloading.
    private var reloaded: [UInt8]?

    /// What is in the way of the server's knowing them, as a clause; nil when nothing is.
    mutating func look(_ apps: [AppRecord], _ settings: MailSettings, _ service: Service) async throws -> String? {
        guard let path = settings.credentialsFile else { return nil }
        let apps = apps.filter(\.settings.hasMail)
        let look = Look(apps: apps.map { [$0.id, $0.settings.envFile] }, settings: settings)
        if let last, last.look == look, last.due > .now { return last.problem }
        var problem: String?
        do {
            let credentials = try await service.site.mailCredentials(of: apps)
            problem = try await bring(path, to: rendition(of: credentials, for: .administrator).bytes, settings.reload)
        } catch {
            guard error is SecretFailure || error is SystemError else { throw error }
            problem = "\(error)"
        }
        last = (look, problem, .now.advanced(by: problem == nil ? AppSteps.fileInterval : Self.retryInterval))
        return problem
    }

    private mutating func bring(_ path: String, to bytes: [UInt8], _ reload: [String]) async throws -> String? {
        if try DurableFile.read(path, limit: Self.maximumBytes) != bytes {
            try DurableFile.replace(path, with: bytes, modeOfNew: 0o600)
        }
        guard reloaded != bytes else { return nil }
        if let problem = await ReloadCommand(words: reload).problem() { return "the reload command failed: \(problem)" }
        try Task.checkCancellation()
        reloaded = bytes
        return nil
    }
}
