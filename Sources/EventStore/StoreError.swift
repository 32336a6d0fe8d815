public import Events
public import MySQL

/// What is wrong with the log, or with the database under it.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// What a caller can act on. Open: later versions may know more.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        let name: String

        /// A stable word for scripts.
        public var description: String { name }

        /// The server cannot be reached, or went away and did not come back in time.
        public static let unavailable = Code(name: "unavailable")
        /// A row is not what it was when it was written.
        public static let damaged = Code(name: "damaged")
        /// The database is behind what was seen of it, or another one: it was restored from an older dump.
        public static let restored = Code(name: "restored")
        /// The file that says what was seen cannot be read.
        public static let unreadable = Code(name: "unreadable")
        /// The schema is older than this program's: `interlock schema apply`.
        public static let schemaOlder = Code(name: "schema-older")
        /// The schema is newer than this program's: use the newer program.
        public static let schemaNewer = Code(name: "schema-newer")
        /// A server setting that would lose acknowledged events.
        public static let unsafeServer = Code(name: "unsafe-server")
        /// The database's URL, or the password file that it names, cannot be used.
        public static let wrongEndpoint = Code(name: "wrong-endpoint")
        /// The login is refused or lacks a right.
        public static let notPermitted = Code(name: "not-permitted")
        /// The server takes no writes.
        public static let readOnly = Code(name: "read-only")
        /// The server's disk is full.
        public static let full = Code(name: "full")
        /// More commands wait than `MySQLLog.maximumPending`.
        public static let overloaded = Code(name: "overloaded")
        /// An event is larger than `EventRow.maximumPayloadBytes`.
        public static let tooLarge = Code(name: "too-large")
        /// The connection was lost at the commit, and the database could not be asked since.
        public static let outcomeUnknown = Code(name: "outcome-unknown")
        /// Something is not as this program left it; nothing was written.
        public static let inconsistent = Code(name: "inconsistent")
    }

    /// Which failure it is.
    public var code: Code
    /// What is wrong, in one sentence for a person.
    public var message: String
    /// What to do about it, as a sentence.
    public var hint: String?
    /// Where in the log, for `damaged`.
    public var position: Position?

    /// An error that the store itself found; `position` only with `damaged`.
    public init(_ code: Code, _ message: String, hint: String? = nil, position: Position? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.position = position
    }

    /// The message, without the hint.
    public var description: String { message }

    /// What a database error means to the log's user.
    public init(_ error: MySQLError) {
        let sentence = error.sentence
        switch error.code {
        case .accessDenied: self.init(.notPermitted, sentence, hint: error.hint)
        case .readOnly: self.init(.readOnly, sentence, hint: "connect to the node that takes writes")
        case .diskFull:
            self.init(.full, sentence, hint: "free space on the database's disk; nothing was half written")
        case .tooLarge: self.init(.tooLarge, sentence, hint: "make it smaller; nothing was written")
        case .duplicate, .unexpectedCount:
            self.init(
                .inconsistent, "nothing was written: \(sentence)",
                hint: "run: interlock log verify, then interlock projection check")
        case .noSuchTable:
            self.init(.schemaOlder, "this database has no event log", hint: "run: interlock schema apply")
        case .invalidEndpoint: self.init(.wrongEndpoint, sentence, hint: "mend the database's URL or that file")
        default: self.init(.unavailable, sentence, hint: error.hint ?? "see: interlock doctor")
        }
    }
}
