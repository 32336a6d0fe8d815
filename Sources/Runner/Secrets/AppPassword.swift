internal import EventStore
internal import Events
internal import Projections

/// The password by which an app logs in to the mail server: made once, kept for ever, sealed with the key of the state directory.
struct AppPassword {
    let site: OpenSite

    /// The app's password, made where there is none. `known` is one that the app has got already: a database that was restored
    /// from a dump without it takes it up again.
    func password(of app: String, known: String?) async throws -> String {
        let owner = Self.owner(app)
        let key = try SecretKey.made(at: site.site.secretKeyPath)
        if let kept = try await site.log.password(of: owner) { return try open(kept, app, key) }
        let sealed = try key.seal(try known ?? NewID.password(), bound: Self.binding(app))
        return try open(try await site.log.keepPassword(sealed, of: owner), app, key)
    }

    private func open(_ sealed: [UInt8], _ app: String, _ key: SecretKey) throws -> String {
        try key.open(
            sealed, bound: Self.binding(app), name: "the mail password of \(app)", path: site.site.secretKeyPath)
    }

    /// The app's stream.
    private static func owner(_ app: String) -> String { "app-\(app)" }

    private static func binding(_ app: String) -> [UInt8] { Array("interlock mail password\0\(app)".utf8) }
}
