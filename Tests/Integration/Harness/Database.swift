import Foundation
import MySQL
import Testing

/// What is in the database and in the files of a site, past its commands.
extension Site {
    func connection() throws -> Connection {
        try Connection(try Endpoint(url: try #require(database), allowPassword: true))
    }

    func sql(_ statements: String...) throws {
        let connection = try connection()
        for statement in statements { try connection.run(statement) }
    }

    /// How many transactions stand in line for the log's head. From SHOW PROCESSLIST: MySQL 9 cannot select from its table of
    /// the same name while anybody runs a statement whose text is not UTF-8.
    func appendersInLine() throws -> Int {
        let connection = try connection()
        let database = try connection.queryOne("SELECT DATABASE()") { try $0.text(0) }
        var count = 0
        try connection.query("SHOW FULL PROCESSLIST", fetch: .stored) { row in
            guard !row.isNull(3), try row.text(3) == database, !row.isNull(7) else { return }
            let statement = String(decoding: try row.bytes(7), as: UTF8.self)
            if statement.contains("FROM log_head"), statement.hasSuffix("FOR UPDATE") { count += 1 }
        }
        return count
    }

    func number(_ sql: String, _ values: [Value] = []) throws -> Int {
        try #require(try connection().queryOne(sql, values) { Int(try $0.int(0)) })
    }

    /// The sealed values of a task's secret arguments, by name.
    func sealed(_ task: String) throws -> [[UInt8]] {
        var found: [[UInt8]] = []
        try connection().query("SELECT sealed FROM secret WHERE owner = ? ORDER BY name", [.text("task-\(task)")]) {
            found.append(try $0.bytes(0))
        }
        return found
    }

    /// Files below the state directory that hold `word` in clear.
    func files(holding word: String) throws -> [String] {
        let base = stateDirectory
        let paths = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
        #expect(paths.contains("secrets.key"))
        return paths.filter { path in
            FileManager.default.contents(atPath: "\(base)/\(path)")?.range(of: Data(word.utf8)) != nil
        }
    }

    /// Rows of the log and of its projections that hold `word` in clear.
    func rows(holding word: String) throws -> Int {
        let word = Value.bytes(Array(word.utf8))
        return try number("SELECT COUNT(*) FROM event WHERE INSTR(payload, ?) > 0", [word])
            + number("SELECT COUNT(*) FROM projection WHERE INSTR(state, ?) > 0", [word])
            + number("SELECT COUNT(*) FROM secret WHERE INSTR(sealed, ?) > 0", [word])
    }
}
