public import Events

/// The mail server's name: which it has, which it is to have, and which it still answers to.
public struct Mail: Sendable, Equatable {
    /// A name that it had, or has.
    public struct Name: Sendable, Equatable {
        /// The full name.
        public let text: String
        /// 1, 2, 3 … in the order in which it had them.
        public let generation: Int
    }

    /// A name that it is to have.
    public struct Wish: Sendable, Equatable {
        /// The full name.
        public let name: String
        /// Who asked for it.
        public let by: String
        /// The time of `mail.rename-requested`.
        public let at: Timestamp
    }

    /// What it was last seen to serve.
    public struct Served: Sendable, Equatable {
        /// The names that it answered to; sorted.
        public let names: [String]
        /// The SHA-256 of its certificate, in hex.
        public let certificate: String
        /// The time of `mail.served`.
        public let at: Timestamp
    }

    /// A name that it is not to have after all.
    public struct Refused: Sendable, Equatable {
        /// The name that was wanted.
        public let name: String
        /// Why not.
        public let problem: String
        /// Of `mail.rename-refused`.
        public let position: Position
    }

    /// Its name; nil before it has one.
    public internal(set) var name: Name?
    /// What is being made ready; nil when nothing is.
    public internal(set) var wish: Wish?
    /// The names that it still answers to besides, oldest first.
    public internal(set) var previous: [Name] = []
    /// Nil before it was seen to.
    public internal(set) var served: Served?
    /// The last one; nil where there is none.
    public internal(set) var refused: Refused?
    /// Why steps are not done; nothing for those that are.
    public internal(set) var problems: [MailStep: String] = [:]

    /// No name.
    init() {}

    /// The generation of its name; 0 before it has one.
    public var generation: Int { name?.generation ?? 0 }

    /// All names that are to be answered: its own, former ones that apps may use, and the one that is being made ready; sorted.
    public var names: [String] {
        Set(previous.map(\.text) + [name?.text, wish?.name].compactMap { $0 }).sorted()
    }

    /// Follows a `mail.…` event; others are none of its business.
    mutating func evolve(_ fact: Fact) throws(HistoryError) {
        switch fact.event {
        case .mailRenameRequested(let data): wish = Wish(name: data.to, by: data.by, at: fact.at)
        case .mailRenamed(let data):
            guard data.generation == generation + 1, data.from == name?.text else {
                throw fact.error("the mail server's name is another one")
            }
            if let name { previous.append(name) }
            name = Name(text: data.to, generation: data.generation)
            previous.removeAll { $0.text == data.to }
            if wish?.name == data.to { wish = nil }
        case .mailRenameRefused(let data):
            if wish?.name == data.to { wish = nil }
            refused = Refused(name: data.to, problem: data.problem, position: fact.position)
        case .mailNameRetired(let data):
            guard previous.contains(where: { $0.text == data.name }) else {
                throw fact.error("'\(data.name)' is no former name of the mail server")
            }
            previous.removeAll { $0.text == data.name }
        case .mailServed(let data): served = Served(names: data.names, certificate: data.certificate, at: fact.at)
        case .mailDelayed(let data): problems[data.step] = data.problem
        default: break
        }
    }
}
