/// A command that is refused: nothing was appended.
public struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// Why, for programs. Open: codes may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The code as text.
        public let rawValue: String

        /// Any text: programs that know fewer codes than the machine still read them.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The session ended or never was.
        public static let noSuchSession = Code(rawValue: "no-such-session")
        /// A session of that id was opened before.
        public static let sessionExists = Code(rawValue: "session-exists")
        /// The request is neither queued nor granted.
        public static let noSuchRequest = Code(rawValue: "no-such-request")
        /// A request of that id was made before.
        public static let requestExists = Code(rawValue: "request-exists")
        /// The token does not stand, or not for that path.
        public static let noSuchToken = Code(rawValue: "no-such-token")
        /// The task is finished or never was.
        public static let noSuchTask = Code(rawValue: "no-such-task")
        /// A task of that id was queued before.
        public static let taskExists = Code(rawValue: "task-exists")
        /// It is too early or too late for that.
        public static let wrongState = Code(rawValue: "wrong-state")
        /// The runner is not registered any more, or not for that host.
        public static let noSuchRunner = Code(rawValue: "no-such-runner")
        /// Another runner is registered, and not proven dead.
        public static let hostHasRunner = Code(rawValue: "host-has-runner")
        /// The log has no event there.
        public static let noSuchPosition = Code(rawValue: "no-such-position")
        /// The event was redacted before.
        public static let alreadyRedacted = Code(rawValue: "already-redacted")
        /// The event tells of something that is still going on.
        public static let needed = Code(rawValue: "needed")
        /// There is no user of that name.
        public static let noSuchUser = Code(rawValue: "no-such-user")
        /// There is a user of that name already, who is another.
        public static let userExists = Code(rawValue: "user-exists")
        /// Somebody has to be owner.
        public static let lastOwner = Code(rawValue: "last-owner")
        /// There is no app of that id.
        public static let noSuchApp = Code(rawValue: "no-such-app")
        /// There is an app of that id already, which is another.
        public static let appExists = Code(rawValue: "app-exists")
        /// A name, or a file, is another's.
        public static let nameTaken = Code(rawValue: "name-taken")
        /// No notification of that id is open.
        public static let noSuchNotification = Code(rawValue: "no-such-notification")
        /// The command makes no sense.
        public static let invalid = Code(rawValue: "invalid")
        /// A slot path without a configured capacity.
        public static let slotWithoutCapacity = Code(rawValue: "slot-without-capacity")
        /// A bound is reached.
        public static let tooMany = Code(rawValue: "too-many")
    }

    /// Why.
    public let code: Code
    /// What, as a sentence for a person.
    public let message: String
    /// What to do about it.
    public let hint: String?

    /// A refusal; `message` and `hint` are whole sentences.
    public init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// The message.
    public var description: String { message }
}
