import ArgumentParser

/// What a request for a task takes, whether it is waited for or not.
struct TaskRequest: ParsableArguments {
    @Argument(help: "The type of the task, from the configuration.", transform: Parse.name)
    var type: String

    @Option(help: ArgumentHelp("The app it is for.", valueName: "id"), transform: Parse.name)
    var app: String?

    @Option(
        name: .customLong("arg"), help: ArgumentHelp("An argument that the type declares.", valueName: "name=value"),
        transform: Parse.argument)
    var arguments: [TaskArgument] = []

    @Option(
        name: .customLong("arg-file"),
        help: ArgumentHelp(
            "An argument whose value is in a file, or with - on standard input: for secrets.", valueName: "name=path"),
        transform: Parse.argumentFile)
    var files: [TaskArgument] = []

    @Option(
        help: ArgumentHelp("Answer with the unfinished task of this key, if there is one.", valueName: "key"),
        transform: Parse.id)
    var unique: String?

    @Option(
        help: ArgumentHelp("Do not start it before this has passed.", valueName: "duration"),
        transform: Parse.duration)
    var delay: Duration?

    @Flag(name: .customLong("dry-run"), help: "Say what would be run under which locks, and do nothing.")
    var dryRun = false

    mutating func validate() throws {
        let names = (arguments + files).map(\.name)
        if let twice = names.first(where: { name in names.count(where: { $0 == name }) > 1 }) {
            throw ValidationError("--arg \(twice)=… is given twice")
        }
        guard files.count(where: { $0.value == "-" }) <= 1 else {
            throw ValidationError("only one argument can be read from standard input")
        }
    }
}
