import ArgumentParser

struct MailCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail", abstract: "Look at the mail server's name, and change it.",
        subcommands: [MailShow.self, MailRename.self, MailStatusCommand.self, MailCredentialsCommand.self])
}
