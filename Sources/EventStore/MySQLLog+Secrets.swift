public import Events
internal import MySQL

/// What is kept beside the log because it must not be in it: encrypted by who gave it, opened by who runs the task.
extension MySQLLog {
    /// What is kept for a task, by name.
    public func secrets(of task: TaskID) throws -> [SealedSecret] {
        try reading { connection in
            var secrets: [SealedSecret] = []
            try connection.query(
                "SELECT name, sealed FROM secret WHERE owner = ? ORDER BY name", [.text(Self.owner(task))]
            ) { secrets.append(SealedSecret(task: task, name: try $0.text(0), bytes: try $0.bytes(1))) }
            return secrets
        }
    }

    /// In the transaction of the events: the secrets of tasks that were queued come, those of tasks that ended go. So none
    /// is ever there without its unfinished task. The machine knows which tasks have any: the others cost nothing.
    func moveSecrets(with batch: Batch<Machine>, _ connection: borrowing Connection) throws {
        var rows: [Value] = []
        for one in batch.decided where one.positions != nil {
            for secret in one.pending.submission.secrets where live.machine.needsSecrets(of: secret.task) {
                rows += [.text(Self.owner(secret.task)), .text(secret.name), .bytes(secret.bytes)]
            }
        }
        if !rows.isEmpty { try connection.insert(into: "secret", columns: ["owner", "name", "sealed"], rows: rows) }
        for fact in batch.facts {
            guard case .taskFinished(let data) = fact.event, committed.machine.needsSecrets(of: data.task),
                !live.machine.needsSecrets(of: data.task)
            else { continue }
            _ = try connection.execute("DELETE FROM secret WHERE owner = ?", [.text(Self.owner(data.task))])
        }
    }

    /// The task's stream.
    private static func owner(_ task: TaskID) -> String { "task-\(task)" }
}
