/// `mail.rename-requested`: the mail server is to be called otherwise, when everything is ready for the new name.
public struct MailRenameRequested: EventData {
    /// Its name so far; absent at first.
    public var from: String?
    /// The name that is wanted (`HostName`).
    public var to: String
    /// A user's name.
    public var by: String

    /// A request as the machine decided it; nothing is checked.
    public init(from: String?, to: String, by: String) {
        self.from = from
        self.to = to
        self.by = by
    }

    /// Throws where `by` or `to` is missing.
    public init(from reader: inout JSONReader) throws(JSONError) {
        by = try reader.string("by")
        from = try reader.optionalString("from")
        to = try reader.string("to")
    }

    /// Ascending; what is nil is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("by", by)
        writer.field("from", from)
        writer.field("to", to)
    }

    /// Without `by`.
    public var redacted: Self {
        var rest = self
        rest.by = Self.redactedText
        return rest
    }
}

/// `mail.renamed`: the mail server has this name from here on, and still answers to the one before.
public struct MailRenamed: EventData {
    /// Its name so far; absent at first.
    public var from: String?
    /// Its name from here on.
    public var to: String
    /// 1, 2, 3 …, one more with each name.
    public var generation: Int

    /// A name as the machine decided it; nothing is checked.
    public init(from: String?, to: String, generation: Int) {
        self.from = from
        self.to = to
        self.generation = generation
    }

    /// Throws where `generation` or `to` is missing.
    public init(from reader: inout JSONReader) throws(JSONError) {
        from = try reader.optionalString("from")
        generation = try reader.int("generation")
        to = try reader.string("to")
    }

    /// Ascending; what is nil is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("from", from)
        writer.field("generation", generation)
        writer.field("to", to)
    }

    /// Names of hosts are what the history is about.
    public var redacted: Self { self }
}

/// `mail.rename-refused`: it will not be called so; nothing has changed.
public struct MailRenameRefused: EventData {
    /// The name that was wanted.
    public var to: String
    /// Why not, as a sentence.
    public var problem: String

    /// A refusal as the machine decided it; nothing is checked.
    public init(to: String, problem: String) {
        self.to = to
        self.problem = problem
    }

    /// Throws where a field is missing: there is no optional one.
    public init(from reader: inout JSONReader) throws(JSONError) {
        problem = try reader.string("problem")
        to = try reader.string("to")
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("problem", problem)
        writer.field("to", to)
    }

    /// Without `problem`.
    public var redacted: Self {
        var rest = self
        rest.problem = Self.redactedText
        return rest
    }
}

/// `mail.name-retired`: no app uses this former name any more; it is answered no longer.
public struct MailNameRetired: EventData {
    /// The former name.
    public var name: String
    /// The one under which it was the name.
    public var generation: Int

    /// A retirement as the machine decided it; nothing is checked.
    public init(name: String, generation: Int) {
        self.name = name
        self.generation = generation
    }

    /// Throws where a field is missing: there is no optional one.
    public init(from reader: inout JSONReader) throws(JSONError) {
        generation = try reader.int("generation")
        name = try reader.string("name")
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("generation", generation)
        writer.field("name", name)
    }

    /// Names of hosts are what the history is about.
    public var redacted: Self { self }
}

/// `mail.served`: the mail server was asked as an app asks it, and answered to all of these names with this certificate.
public struct MailServed: EventData {
    /// Sorted.
    public var names: [String]
    /// The SHA-256 of the certificate, in hex.
    public var certificate: String

    /// What was seen; nothing is checked.
    public init(names: [String], certificate: String) {
        self.names = names
        self.certificate = certificate
    }

    /// Throws where a field is missing: there is no optional one.
    public init(from reader: inout JSONReader) throws(JSONError) {
        certificate = try reader.string("certificate")
        guard try reader.find("names") else { throw reader.error("field 'names' is missing") }
        names = try reader.array { element throws(JSONError) in try element.stringValue() }
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("certificate", certificate)
        writer.key("names")
        writer.array(names) { $0.value($1) }
    }

    /// Names of hosts are what the history is about.
    public var redacted: Self { self }
}

/// A step on the way to a mail server that is reached by its name; each is tried again until it is done.
public enum MailStep: String, Sendable, Hashable, CaseIterable {
    /// The certificate's files are whole and cover the names.
    case certificate
    /// The host's resolver answers to the names with the internal address.
    case resolver
    /// The mail server's own task has told it its names.
    case server
    /// The mail server serves the certificate under the names.
    case probe
    /// The file by which the mail server knows the apps' passwords holds them.
    case credentials
}

/// `mail.delayed`: a step is not done for another reason than before, or is done after all.
public struct MailDelayed: EventData {
    /// Which one.
    public var step: MailStep
    /// Why it is not done, as a sentence; absent when it is.
    public var problem: String?

    /// What was seen; nothing is checked.
    public init(step: MailStep, problem: String?) {
        self.step = step
        self.problem = problem
    }

    /// Throws where `step` is missing or unknown.
    public init(from reader: inout JSONReader) throws(JSONError) {
        problem = try reader.optionalString("problem")
        step = try reader.choice("step")
    }

    /// Ascending; what is nil is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("problem", problem)
        writer.field("step", step.rawValue)
    }

    /// Without the words of `problem`.
    public var redacted: Self {
        var rest = self
        if problem != nil { rest.problem = Self.redactedText }
        return rest
    }
}
