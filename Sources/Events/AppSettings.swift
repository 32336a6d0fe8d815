/// What is registered of an app.
public struct AppSettings: Sendable, Equatable {
    /// Its own name in the DNS, no other app's (`HostName`).
    public var domain: String
    /// True for one that is given the mail server's full name, which its certificate covers, and is told when it changes.
    public var requiresValidCertificate: Bool
    /// False for one that sends no mail and is given no mail variables.
    public var hasMail: Bool
    /// The address it sends from; nil for `no-reply@` its domain.
    public var mailFrom: String?
    /// Users who may see and do with this app what administrators may, but for the notes; sorted.
    public var operators: [String]
    /// What administrators tell each other about it.
    public var notes: String?
    /// The absolute path of the file that its mail variables are written to; nil for none.
    public var envFile: String?
    /// The system user whom that file belongs to; nil for the configured one, or the service's own.
    public var envOwner: String?
    /// True while nobody is to start it: it is left alone, and has the right values when it is started.
    public var isStopped: Bool

    /// Settings; nothing is checked.
    public init(
        domain: String, requiresValidCertificate: Bool = false, hasMail: Bool = true, mailFrom: String? = nil,
        operators: [String] = [], notes: String? = nil, envFile: String? = nil, envOwner: String? = nil,
        isStopped: Bool = false
    ) {
        self.domain = domain
        self.requiresValidCertificate = requiresValidCertificate
        self.hasMail = hasMail
        self.mailFrom = mailFrom
        self.operators = operators
        self.notes = notes
        self.envFile = envFile
        self.envOwner = envOwner
        self.isStopped = isStopped
    }

    /// The address it sends from, given or not.
    public var from: String { mailFrom ?? usualFrom }

    /// The address of an app of which nothing else is said.
    public var usualFrom: String { "no-reply@\(domain)" }
}

/// What is to be different in an app's settings; nil is as before, and an empty text is none.
public struct AppChanges: Sendable, Equatable {
    /// See `AppSettings`.
    public var domain, mailFrom, notes, envFile, envOwner: String?
    /// See `AppSettings`.
    public var requiresValidCertificate, hasMail, isStopped: Bool?
    /// All of them; none when it is empty.
    public var operators: [String]?

    /// No change.
    public init() {}

    /// What makes `new` of `old`.
    public init(from old: AppSettings, to new: AppSettings) {
        if old.domain != new.domain { domain = new.domain }
        if old.mailFrom != new.mailFrom { mailFrom = new.mailFrom ?? "" }
        if old.notes != new.notes { notes = new.notes ?? "" }
        if old.envFile != new.envFile { envFile = new.envFile ?? "" }
        if old.envOwner != new.envOwner { envOwner = new.envOwner ?? "" }
        if old.requiresValidCertificate != new.requiresValidCertificate {
            requiresValidCertificate = new.requiresValidCertificate
        }
        if old.hasMail != new.hasMail { hasMail = new.hasMail }
        if old.isStopped != new.isStopped { isStopped = new.isStopped }
        if old.operators != new.operators { operators = new.operators }
    }

    /// True where nothing changes.
    public var isEmpty: Bool { self == AppChanges() }
}

extension AppSettings {
    /// These settings with `changes`.
    public func with(_ changes: AppChanges) -> AppSettings {
        func changed(_ old: String?, _ new: String?) -> String? { new.map { $0.isEmpty ? nil : $0 } ?? old }
        return AppSettings(
            domain: changes.domain ?? domain,
            requiresValidCertificate: changes.requiresValidCertificate ?? requiresValidCertificate,
            hasMail: changes.hasMail ?? hasMail, mailFrom: changed(mailFrom, changes.mailFrom),
            operators: changes.operators ?? operators, notes: changed(notes, changes.notes),
            envFile: changed(envFile, changes.envFile), envOwner: changed(envOwner, changes.envOwner),
            isStopped: changes.isStopped ?? isStopped)
    }
}

/// Of the fields of an object that also has `app`, and nothing that sorts between them.
extension AppSettings {
    /// Throws where `domain` is missing.
    public init(from reader: inout JSONReader) throws(JSONError) {
        let changes = try AppChanges(from: &reader)
        guard let domain = changes.domain else { throw reader.error("field 'domain' is missing") }
        self = AppSettings(domain: domain).with(changes)
    }

    /// Ascending; what is nil, empty, or as usual is left out, but for `requiresValidCertificate`.
    public func write(to writer: inout JSONWriter) {
        var changes = AppChanges(from: AppSettings(domain: ""), to: self)
        changes.requiresValidCertificate = requiresValidCertificate
        changes.write(to: &writer)
    }
}

extension AppChanges {
    /// Throws for a field of another type.
    public init(from reader: inout JSONReader) throws(JSONError) {
        domain = try reader.optionalString("domain")
        envFile = try reader.optionalString("envFile")
        envOwner = try reader.optionalString("envOwner")
        hasMail = try reader.optionalBool("mail")
        mailFrom = try reader.optionalString("mailFrom")
        notes = try reader.optionalString("notes")
        if try reader.find("operators") {
            operators = try reader.array { element throws(JSONError) in try element.stringValue() }
        }
        requiresValidCertificate = try reader.optionalBool("requiresValidCertificate")
        isStopped = try reader.optionalString("state").map { $0 == Self.stopped }
    }

    /// Ascending; what does not change is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("domain", domain)
        writer.field("envFile", envFile)
        writer.field("envOwner", envOwner)
        if let hasMail { writer.field("mail", hasMail) }
        writer.field("mailFrom", mailFrom)
        writer.field("notes", notes)
        if let operators {
            writer.key("operators")
            writer.array(operators) { $0.value($1) }
        }
        if let requiresValidCertificate { writer.field("requiresValidCertificate", requiresValidCertificate) }
        if let isStopped { writer.field("state", isStopped ? Self.stopped : Self.running) }
    }

    /// How a log and a view call the state of a stopped app, and of another one.
    public static let (stopped, running) = ("stopped", "running")
}
