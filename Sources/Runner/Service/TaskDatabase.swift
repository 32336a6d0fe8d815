internal import Digest
internal import EventStore
internal import MySQL
internal import System

/// The database as tasks are given it whose type says `database: true`: by an account that can append and read, and cannot
/// rewrite what was appended.
enum TaskDatabase {
    /// What the account's password is in, below the state directory: its owner's alone. It stays, so that tasks that run can
    /// still log in after the service was started again.
    private static func passwordPath(in stateDirectory: String) -> String { "\(stateDirectory)/task-database.password" }

    /// Nil where no type asks for a database. Makes the account where none is named; the service's own must be allowed to.
    static func endpoint(for configuration: Configuration, _ site: OpenSite) async throws -> Endpoint? {
        guard configuration.tasks.values.contains(where: \.database) else { return nil }
        if let url = configuration.taskDatabase { return try named(url) }
        // One for each host, whose state directory knows its password. MySQL's names have 32 characters at most.
        let place = "\(SHA256.hash(Array("\(site.databaseID)/\(site.site.host)".utf8)))".prefix(16)
        let account = AppenderAccount(
            name: "interlock-task-\(place)", password: try password(in: site.site.stateDirectory))
        do {
            try await site.log.make(account)
        } catch {
            guard let error = error as? StoreError, error.code == .notPermitted else { throw error }
            throw Service.Failure.noTaskDatabase(
                problem:
                    "tasks with 'database: true' need an account that can append and not rewrite, and it cannot be "
                    + "made: \(error.message)",
                hint:
                    "Give the account of 'database' the right to make it (CREATE USER, GRANT OPTION), or name one that is "
                    + "there with 'task-database'")
        }
        return account.endpoint(like: site.site.endpoint)
    }

    /// The URL goes into the environment of tasks, who may not be able to read its password file.
    private static func named(_ url: String) throws -> Endpoint {
        do {
            var endpoint = try Endpoint(url: url, allowPassword: true)
            if let password = try endpoint.readPassword() { endpoint.password = .inline(password) }
            return endpoint
        } catch {
            throw Service.Failure.noTaskDatabase(
                problem: "\(error)", hint: "Mend 'task-database' in the configuration")
        }
    }

    private static func password(in directory: String) throws -> String {
        let path = passwordPath(in: directory)
        if let bytes = try PrivateFile.read(path, limit: 1024) { return String(decoding: bytes, as: UTF8.self) }
        let password = try NewID.password()
        try DurableFile.write(Array(password.utf8), to: path)
        return password
    }
}
