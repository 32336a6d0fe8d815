import ArgumentParser
import Events

/// What is said of an app.
struct AppOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Its own name, which no other app has.", valueName: "fqdn"), transform: Parse.hostName)
    var domain: String?

    @Flag(
        inversion: .prefixedNo,
        help: "It verifies the mail server's certificate: it is given the server's full name.")
    var requiresValidCertificate: Bool?

    @Option(
        name: .customLong("mail-from"),
        help: ArgumentHelp("The address it sends from.", valueName: "addr"), transform: Parse.mailAddress)
    var mailFrom: String?

    @Flag(
        name: .customLong("mail"), inversion: .prefixedNo, help: "It sends mail, and is given what it needs for that.")
    var hasMail: Bool?

    @Option(
        name: .customLong("operator"),
        help: ArgumentHelp(
            "A user who may look after it, and see what administrators see of it but for the notes.", valueName: "user"),
        transform: Parse.name)
    var operators: [String] = []

    @Flag(name: .customLong("no-operators"), help: "Nobody but administrators looks after it.")
    var noOperators = false

    @Option(
        help: ArgumentHelp("For administrators alone; none when it is empty.", valueName: "text"),
        transform: Parse.notes)
    var notes: String?

    @Option(
        name: .customLong("env-file"),
        help: ArgumentHelp(
            "The file that its mail variables are written to; none when it is empty.", valueName: "path"),
        transform: Parse.optionalPath)
    var envFile: String?

    @Option(
        name: .customLong("env-owner"),
        help: ArgumentHelp(
            "The system user who owns that file; the configured one when it is empty.", valueName: "user"),
        transform: Parse.text)
    var envOwner: String?

    @Flag(name: .customLong("stopped"), help: "It is stopped: it is left alone until it is started.")
    var isStopped = false

    @Flag(name: .customLong("started"), help: "It is started.")
    var isStarted = false

    mutating func validate() throws {
        guard !(isStopped && isStarted) else { throw ValidationError("--started and --stopped exclude each other") }
        guard operators.isEmpty || !noOperators else {
            throw ValidationError("--operator and --no-operators exclude each other")
        }
        guard mailFrom == nil || hasMail != false else {
            throw ValidationError("--mail-from and --no-mail exclude each other")
        }
    }

    /// What was said; an address says that it sends mail.
    var changes: AppChanges {
        var changes = AppChanges()
        changes.domain = domain
        changes.requiresValidCertificate = requiresValidCertificate
        changes.hasMail = hasMail ?? mailFrom.map { _ in true }
        changes.mailFrom = mailFrom
        if !operators.isEmpty || noOperators { changes.operators = Set(operators).sorted() }
        changes.notes = notes
        changes.envFile = envFile
        changes.envOwner = envOwner
        if isStopped || isStarted { changes.isStopped = isStopped }
        return changes
    }
}
