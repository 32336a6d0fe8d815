internal import Cipher
internal import Digest
internal import Events
internal import System

/// The key of a host's secrets, the arguments of tasks and the apps' mail passwords: 32 random bytes in a file of the state directory that only its owner may read. The
/// database has what is encrypted with it and never the key, so neither a dump of the one nor a copy of the other tells.
public struct SecretKey: Sendable {
    /// Before all else in what is sealed, so that another form can come.
    private static let version: UInt8 = 1
    private static let markBytes = 8

    private let cipher: AES256GCM
    /// Tells keys apart, and nothing about them.
    private let mark: [UInt8]

    /// Where the key of a state directory is.
    public static func path(in stateDirectory: String) -> String { "\(stateDirectory)/secrets.key" }

    /// The key in a file. Throws where others may read the file, or it is no key; nil where there is no file.
    public init?(at path: String) throws {
        guard let bytes = try PrivateFile.read(path, limit: 1024) else { return nil }
        guard let cipher = AES256GCM(key: bytes) else { throw SecretFailure.wrongSize(path: path, bytes: bytes.count) }
        self.cipher = cipher
        mark = Array(SHA256.hash(Array("interlock secrets.key".utf8) + bytes).bytes.prefix(Self.markBytes))
    }

    /// The key in a file, which is made where it is missing: whole, at once and by one of all who try.
    static func made(at path: String) throws -> SecretKey {
        if let key = try SecretKey(at: path) { return key }
        let directory = path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        try DurableFile.makeDirectories(directory, mode: 0o755)
        do throws(SystemError) {
            // Root may start a task of a runner that is somebody else: the key is that one's.
            try DurableFile.create(
                try Host.randomBytes(AES256GCM.keyBytes), at: path, mode: 0o600, owner: try FileOwner.of(directory))
        } catch {
            guard error.code == .exists else { throw error }
        }
        guard let key = try SecretKey(at: path) else { throw SecretFailure.keyMissing(path: path) }
        return key
    }

    /// A value encrypted for one argument of one task: in the place of another one it cannot be opened.
    func seal(_ value: String, of task: TaskID, _ name: String) throws -> [UInt8] {
        try seal(value, bound: Self.binding(task, name))
    }

    /// A value encrypted for one place: with another binding it cannot be opened.
    func seal(_ value: String, bound binding: [UInt8]) throws -> [UInt8] {
        let nonce = try Host.randomBytes(AES256GCM.nonceBytes)
        return [Self.version] + mark + nonce + cipher.seal(Array(value.utf8), nonce: nonce, binding: binding)
    }

    /// False for what another key has sealed.
    func hasSealed(_ sealed: [UInt8]) -> Bool { sealed.dropFirst().prefix(Self.markBytes).elementsEqual(mark) }

    /// The value again.
    func open(_ secret: SealedSecret, path: String) throws(SecretFailure) -> String {
        try open(
            secret.bytes, bound: Self.binding(secret.task, secret.name), name: "the secret argument '\(secret.name)'",
            path: path)
    }

    /// The value again; `name` says in a failure what it is of.
    func open(_ sealed: [UInt8], bound binding: [UInt8], name: String, path: String) throws(SecretFailure) -> String {
        let nonceStart = 1 + Self.markBytes
        let textStart = nonceStart + AES256GCM.nonceBytes
        guard sealed.count >= textStart, sealed[0] == Self.version else { throw .damaged(name) }
        guard hasSealed(sealed) else { throw .otherKey(name, path: path) }
        guard
            let plain = cipher.open(
                Array(sealed[textStart...]), nonce: Array(sealed[nonceStart..<textStart]), binding: binding),
            let value = String(validating: plain, as: UTF8.self)
        else { throw .damaged(name) }
        return value
    }

    /// All of a task's secrets, opened with the key at `keyPath`; every one of `names` must be there.
    static func opened(_ secrets: [SealedSecret], names: [String], keyPath: String) throws -> [String: String] {
        guard let key = try SecretKey(at: keyPath) else { throw SecretFailure.keyMissing(path: keyPath) }
        var values: [String: String] = [:]
        for secret in secrets { values[secret.name] = try key.open(secret, path: keyPath) }
        for name in names where values[name] == nil { throw SecretFailure.gone(name) }
        return values
    }

    /// Neither an id nor a name holds a NUL.
    private static func binding(_ task: TaskID, _ name: String) -> [UInt8] {
        Array("interlock argument\0\(task)\0\(name)".utf8)
    }
}
