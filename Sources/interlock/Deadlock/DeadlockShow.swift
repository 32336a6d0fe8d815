import ArgumentParser
import Events
import Projections
import Runner

struct DeadlockShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Explain one deadlock: who held and wanted what, and from when on it was inevitable.",
        discussion: """
            As text, as JSON, as a graph for Graphviz (dot -Tpng), or as a picture for a browser (svg): who holds is a box, a \
            lock an oval, held is solid, wanted dashed, and the ring is red.
            """)

    /// What it is written as.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json, dot, svg
    }

    @Argument(help: "Where it was refused; without it the latest.", transform: Parse.position)
    var position: Position?

    @Option(help: ArgumentHelp("How it is written.", valueName: "format"))
    var format = Format.text

    @OptionGroup var history: HistoryOptions
    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func validate() throws {
        try history.check(common)
        guard !common.json || format == .text || format == .json else {
            throw ValidationError("--json and --format \(format.rawValue) exclude each other")
        }
    }

    func run() async throws {
        let context = try Context(common)
        let source = try await context.history(history)
        let viewer = try await context.viewer(view, in: source)
        let story = context.trusting(try await source.story(of: try await deadlock(source)))
        try await context.tellRedactions(in: source, of: 1...story.deadlock.position)
        let told = Projections.view(of: story, for: viewer)
        switch format {
        case .text: context.answer(told, DeadlockShowText())
        case .json: context.streams.answer(told, NoText(), json: true, style: context.style)
        case .dot: context.answer(story.dot(for: viewer))
        case .svg: context.answer(story.svg(for: viewer))
        }
    }

    private func deadlock(_ source: HistorySource) async throws -> RefusedDeadlock {
        let deadlocks = try await source.deadlocks()
        guard let position else {
            guard let latest = deadlocks.last else {
                throw CommandFailure(.noSuchThing, code: "no-deadlock", "no deadlock was refused so far")
            }
            return latest
        }
        guard let found = deadlocks.first(where: { $0.position == position }) else {
            throw CommandFailure(
                .noSuchThing, code: "no-deadlock", "no deadlock was refused at position \(position)",
                hint: "See: interlock deadlock list")
        }
        return found
    }
}
