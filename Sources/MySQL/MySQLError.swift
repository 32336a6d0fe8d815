/// What went wrong in the database or on the way to it, told apart so that callers can act on it.
///
/// `code` says what it is, `consequence` what a caller inside a transaction has to do; both are decided in one place,
/// `Classification.swift`. `description` is a sentence for people.
public struct MySQLError: Error, Sendable, Equatable {
    /// Which failure it is. Open: later versions may know more codes.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's name, for logs and JSON.
        public let description: String

        /// A unique key exists already (1062, 1586).
        public static let duplicate = Code(description: "duplicate")
        /// The server broke a deadlock by rolling this transaction back (1213).
        public static let deadlock = Code(description: "deadlock")
        /// A row lock was not obtained in time (1205, 3572); the transaction is still open.
        public static let lockWaitTimeout = Code(description: "lock-wait-timeout")
        /// A row changed since the transaction's snapshot (1020), a table's columns since the statement was prepared
        /// (2057), or group replication refused the commit (3101).
        public static let conflict = Code(description: "conflict")
        /// The server takes no further connections (1040, 1203) or transactions (1637).
        public static let tooManyConnections = Code(description: "too-many-connections")
        /// A Galera node that does not belong to its cluster's majority (1047).
        public static let notReady = Code(description: "not-ready")
        /// The connection broke; what had been sent may or may not have been done.
        public static let connectionLost = Code(description: "connection-lost")
        /// Nobody answers at the endpoint; nothing was sent.
        public static let unreachable = Code(description: "unreachable")
        /// The login was refused, or the login may not do this.
        public static let accessDenied = Code(description: "access-denied")
        /// There is no database of that name (1049).
        public static let unknownDatabase = Code(description: "unknown-database")
        /// There is no table of that name (1146).
        public static let noSuchTable = Code(description: "no-such-table")
        /// The server or the transaction accepts no writes.
        public static let readOnly = Code(description: "read-only")
        /// The server has no space left.
        public static let diskFull = Code(description: "disk-full")
        /// The server stopped the statement because of its time limit (3024, 1969) or on request (1317).
        public static let timedOut = Code(description: "timed-out")
        /// A statement or a value is larger than a limit allows.
        public static let tooLarge = Code(description: "too-large")
        /// The encryption asked for could not be had, or the server's certificate did not hold.
        public static let tls = Code(description: "tls")
        /// The connection settings are wrong.
        public static let invalidEndpoint = Code(description: "invalid-endpoint")
        /// Rows of a streamed query are still arriving on this connection; it can do nothing else meanwhile.
        public static let busy = Code(description: "busy")
        /// A column does not hold what was asked of it (NULL, another type, text that is not UTF-8).
        public static let unexpectedValue = Code(description: "unexpected-value")
        /// A statement touched another number of rows than it had to, or was given another number of values.
        public static let unexpectedCount = Code(description: "unexpected-count")
        /// Anything else the server says; `errno` tells.
        public static let server = Code(description: "server")
    }

    /// What an unfinished transaction has come to.
    public enum Consequence: Sendable, Equatable {
        /// It was not done. Roll back (1205 leaves it open), then try the whole transaction again.
        case retryTransaction
        /// It may have been done or not. Ask on a new connection before trying again.
        case outcomeUnknown
        /// It was not done, and trying the same again will not help by itself.
        case giveUp
    }

    /// Which failure it is.
    public let code: Code
    /// What happened, in the server's or this module's words, without a full stop.
    public let message: String
    /// The server's or client library's error number; 0 for what this module found itself.
    public let errno: UInt32
    /// The five characters of SQLSTATE; empty for what this module found itself.
    public let sqlState: String
    /// What it means for the transaction it happened in.
    public let consequence: Consequence

    /// An error that was not the server's.
    init(_ code: Code, _ message: String, consequence: Consequence = .giveUp) {
        self.init(code: code, message: message, errno: 0, sqlState: "", consequence: consequence)
    }

    init(code: Code, message: String, errno: UInt32, sqlState: String, consequence: Consequence) {
        self.code = code
        self.message = message
        self.errno = errno
        self.sqlState = sqlState
        self.consequence = consequence
    }
}

extension MySQLError: CustomStringConvertible {
    /// One sentence: what happened, the error number, and what to do where that is known.
    public var description: String { sentence + (hint.map { "; \($0)" } ?? "") }

    /// What happened, with the error number.
    public var sentence: String {
        errno == 0 ? message : "\(message) (error \(errno), SQLSTATE \(sqlState))"
    }

    /// What a person can do about it, where that is known.
    public var hint: String? {
        switch code {
        case .unreachable: "check that the server runs and that the address is right"
        case .accessDenied: "check the user, its password and its grants"
        case .unknownDatabase: "create the database first"
        case .noSuchTable: "apply the schema first"
        case .readOnly: "point the database URL at the node that accepts writes"
        case .diskFull: "make space on the server's disk"
        case .tooManyConnections: "raise max_connections or close other clients"
        case .notReady: "wait until the cluster node has rejoined its majority"
        case .tls: "check the server's certificate and the URL's tls and ca items"
        default: nil
        }
    }
}
