import ArgumentParser

struct MetricsCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "Look at what was measured of this host and its apps.",
        subcommands: [MetricsShow.self])
}
