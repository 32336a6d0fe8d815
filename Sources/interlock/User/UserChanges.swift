import ArgumentParser
import Events
import Projections
import Runner

struct UserAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a user.",
        discussion: "To add one again who is there, with the same role and address, changes nothing.")

    @Argument(help: "The user's name.", transform: Parse.name)
    var name: String

    @Option(help: ArgumentHelp("What the user may do.", valueName: "role"), transform: Parse.role)
    var role: Role

    @Option(help: ArgumentHelp("Where the user is written to.", valueName: "addr"), transform: Parse.mailAddress)
    var email: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await Context(common).change(.addUser(UserAdded(user: name, role: role, email: email)))
    }
}

struct UserSetRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "set-role", abstract: "Give a user another role.")

    @Argument(help: "The user's name.", transform: Parse.name)
    var name: String

    @Argument(help: "What the user may do from here on.", transform: Parse.role)
    var role: Role

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await Context(common).change(.setRole(name, role))
    }
}

struct UserSetEmail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-email", abstract: "Give a user another mail address, or none.")

    @Argument(help: "The user's name.", transform: Parse.name)
    var name: String

    @Argument(help: "Where the user is written to; nowhere without it.", transform: Parse.mailAddress)
    var email: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await Context(common).change(.setEmail(name, email))
    }
}

struct UserRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a user.",
        discussion: "The user is no operator of any app any more. The last owner stays.")

    @Argument(help: "The user's name.", transform: Parse.name)
    var name: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await Context(common).change(.removeUser(name))
    }
}

extension Context {
    /// Gives one command that has no other answer than that it is done.
    func change(_ command: Platform.Command) async throws {
        _ = try await open().submit(command)
    }
}
