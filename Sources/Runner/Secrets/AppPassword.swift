internal import Digest
internal import EventStore
internal import Events
public import Projections

/// The password by which an app logs in to the mail server: made once, kept for ever, sealed with the key of the state directory.
struct AppPassword {
    let site: OpenSite

    /// The app's password, made where there is none. `known` is one that the app has got already: a database that was restored
    /// from a dump without it takes it up again.
    func password(of app: String, known: String?) async throws -> String {
        let owner = Self.owner(app)
        let key = try await site.secretKey()
        if let kept = try await site.log.password(of: owner) { return try open(kept, app, key) }
        // One key seals all of them: what another one seals could not be opened beside them.
        if let other = try await site.log.somePassword(), !key.hasSealed(other) {
            throw SecretFailure.otherKey("the mail passwords of other apps", path: site.site.secretKeyPath)
        }
        let sealed = try key.seal(try known ?? NewID.password(), bound: Self.binding(app))
        return try open(try await site.log.keepPassword(sealed, of: owner), app, key)
    }

    /// By what each of these apps logs in; those that have no mail, or no password yet, are left out.
    func credentials(of apps: [AppRecord]) async throws -> [MailCredential] {
        let kept = try await site.log.passwords()
        guard !kept.isEmpty else { return [] }
        let key = try await site.secretKey()
        return try apps.filter(\.settings.hasMail).compactMap { app in
            guard let sealed = kept[Self.owner(app.id)] else { return nil }
            // Sealed with a nonce, it is random, and the same each time: so the file is, too.
            let salt = SHA256.hash(sealed).bytes.prefix(MailCredential.saltBytes)
            let password = try open(sealed, app.id, key)
            return MailCredential(user: app.id, saltedHash: SHA256.hash(Array(password.utf8) + salt).bytes + salt)
        }
    }

    private func open(_ sealed: [UInt8], _ app: String, _ key: SecretKey) throws -> String {
        try key.open(
            sealed, bound: Self.binding(app), name: "the mail password of \(app)", path: site.site.secretKeyPath)
    }

    /// The app's stream.
    private static func owner(_ app: String) -> String { "app-\(app)" }

    private static func binding(_ app: String) -> [UInt8] { Array("interlock mail password\0\(app)".utf8) }
}

extension OpenSite {
    /// The key, made where nothing is sealed for ever yet: a new one beside the apps' passwords would not open them.
    func secretKey() async throws -> SecretKey {
        let path = site.secretKeyPath
        if let key = try SecretKey(at: path) { return key }
        guard try await log.somePassword() == nil else { throw SecretFailure.passwordKeyMissing(path: path) }
        return try SecretKey.made(at: path)
    }

    /// By what each of these apps logs in to the mail server; those that have no mail, or no password yet, are left out. Throws
    /// `SecretFailure` where a password cannot be opened, and `SystemError` where this process may not read the key.
    public func mailCredentials(of apps: [AppRecord]) async throws -> [MailCredential] {
        try await AppPassword(site: self).credentials(of: apps)
    }
}
