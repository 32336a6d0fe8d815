import Events
import System
import Testing

@testable import Runner

/// A directory that goes with the value.
private final class Folder {
    let path: String

    init() throws {
        let suffix = try Host.randomBytes(8).map { String($0, radix: 16) }.joined()
        path = "/tmp/interlock-key-\(suffix)"
    }

    // A directory that stays is no harm.
    deinit { try? Directory.removeTree(path) }

    var key: String { "\(path)/state/secrets.key" }
}

@Suite("The key of secret arguments")
struct SecretKeyTests {
    private func sealed(_ key: SecretKey, _ task: String, _ name: String) throws -> SealedSecret {
        SealedSecret(task: TaskID(task), name: name, bytes: try key.seal("w\u{f6}rd", of: TaskID(task), name))
    }

    @Test("is made once, by whichever of many comes first, and is there for the others")
    func once() async throws {
        let folder = try Folder()
        let path = folder.key
        let keys = try await withThrowingTaskGroup(of: SecretKey.self) { group in
            for _ in 0..<16 { group.addTask { try SecretKey.made(at: path) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let first = try #require(keys.first)
        let secret = try sealed(first, "t", "a")
        for key in keys { #expect(try key.open(secret, path: path) == "w\u{f6}rd") }
        #expect(try FileSystem.mode(of: path) == 0o600)
        #expect(try Directory.names(in: folder.path + "/state") == ["secrets.key"])
    }

    @Test("opens what it sealed in its own place only, and seals nothing twice alike")
    func bound() throws {
        let folder = try Folder()
        let key = try SecretKey.made(at: folder.key)
        let secret = try sealed(key, "t", "a")
        #expect(try key.seal("w\u{f6}rd", of: TaskID("t"), "a") != secret.bytes)
        for moved in [
            SealedSecret(task: TaskID("u"), name: "a", bytes: secret.bytes),
            SealedSecret(task: TaskID("t"), name: "b", bytes: secret.bytes),
            SealedSecret(task: TaskID("t"), name: "a", bytes: Array(secret.bytes.dropLast())),
            SealedSecret(task: TaskID("t"), name: "a", bytes: [2] + secret.bytes.dropFirst()),
            SealedSecret(task: TaskID("t"), name: "a", bytes: []),
        ] {
            #expect(throws: SecretFailure.damaged("the secret argument '\(moved.name)'")) {
                try key.open(moved, path: folder.key)
            }
        }
    }

    @Test("tells what another key has sealed from what is damaged")
    func other() throws {
        let (folder, elsewhere) = (try Folder(), try Folder())
        let secret = try sealed(try SecretKey.made(at: elsewhere.key), "t", "a")
        let key = try SecretKey.made(at: folder.key)
        #expect(throws: SecretFailure.otherKey("the secret argument 'a'", path: folder.key)) {
            try key.open(secret, path: folder.key)
        }
    }

    @Test("must be there for opening, and every name with it")
    func missing() throws {
        let folder = try Folder()
        #expect(throws: SecretFailure.keyMissing(path: folder.key)) {
            try SecretKey.opened([], names: ["a"], keyPath: folder.key)
        }
        let secret = try sealed(try SecretKey.made(at: folder.key), "t", "a")
        #expect(try SecretKey.opened([secret], names: ["a"], keyPath: folder.key) == ["a": "w\u{f6}rd"])
        #expect(throws: SecretFailure.gone("b")) {
            try SecretKey.opened([secret], names: ["a", "b"], keyPath: folder.key)
        }
    }

    @Test("is refused where others may read it, or it has another size", arguments: [0o640, 0o604, 0o620] as [UInt32])
    func refused(mode: UInt32) throws {
        let folder = try Folder()
        _ = try SecretKey.made(at: folder.key)
        try DurableFile.write([UInt8](repeating: 1, count: 32), to: folder.key, mode: mode)
        let error = #expect(throws: SystemError.self) { try SecretKey.made(at: folder.key) }
        #expect(error?.message.contains("run: chmod 600 \(folder.key)") == true)
        try DurableFile.write([UInt8](repeating: 1, count: 33), to: folder.key)
        #expect(throws: SecretFailure.wrongSize(path: folder.key, bytes: 33)) { try SecretKey.made(at: folder.key) }
    }
}
