import ArgumentParser

struct LogCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Read and verify the log, and erase what should not be in it.",
        subcommands: [
            LogTail.self, LogShow.self, LogVerify.self, LogExport.self, LogStats.self, LogRedact.self, LogAdopt.self,
        ])
}
