import ArgumentParser
import EventStore
import Projections

struct SchemaStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say which version the database has and which this program needs.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let context = try Context(common)
        let schema = SchemaStanding(installed: try await context.scan().schemaVersion(), needed: Schema.currentVersion)
        context.answer(view(of: schema, for: .administrator)) { schema.sentence + "\n" }
    }
}

extension SchemaStanding {
    /// What it means, and what to do.
    var sentence: String { finding + (advice.map { ": \($0)" } ?? "") }

    /// What it means.
    var finding: String {
        switch state {
        case .current: "the database has schema \(needed), which is this program's"
        case .older, .newer: "the database has schema \(installed ?? 0), this program needs \(needed)"
        case .empty: "the database is empty: its first use, or interlock schema apply, gives it schema \(needed)"
        }
    }

    /// What to do; nil when nothing is wrong.
    var advice: String? {
        switch state {
        case .current, .empty: nil
        case .older: "run: interlock schema apply"
        case .newer: "use the version of interlock that wrote it, or a newer one"
        }
    }
}
