import Digest
import EventStore
import Events
import ServerTesting
import StoreConformance
import System
import Testing

/// A dump of the test's database, kept beside its tables.
enum Dump {
    private static let tables = ["event", "log_head", "projection", "snapshot"]

    static func keep() throws {
        for table in tables { try Scratch.run("CREATE TABLE kept_\(table) AS SELECT * FROM \(table)") }
    }

    /// As a client of the database does it: under the connections that are open.
    static func restore(_ tables: [String] = Dump.tables) throws {
        for table in tables {
            try Scratch.run("DELETE FROM \(table)", "INSERT INTO \(table) SELECT * FROM kept_\(table)")
        }
    }
}

/// A state directory of the test's own.
final class StateDirectory: Sendable {
    let path: String

    init() throws {
        let random = try Host.randomBytes(8).map { String($0, radix: 16) }.joined()
        path = "/tmp/interlock-seen-\(random)"
        try DurableFile.makeDirectory(path)
    }

    deinit { try? Directory.removeTree(path) }

    /// As another process has it.
    var seen: HighestSeen { HighestSeen(stateDirectory: path) }

    func log() async throws -> MySQLLog<Book> {
        let log = try MySQLLog<Book>(ScratchDatabase.current, newDatabaseID: Scratch.databaseID, seen: seen)
        try await log.open()
        return log
    }
}

/// Expects that somebody is refused because of a restored dump.
func expectRestored(
    _ words: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async {
    let error = await #expect(throws: StoreError.self, sourceLocation: sourceLocation) { try await body() }
    #expect(error?.code == .restored, "\(String(describing: error))", sourceLocation: sourceLocation)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")", sourceLocation: sourceLocation)
}
