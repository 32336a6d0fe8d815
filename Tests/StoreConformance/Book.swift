public import Events

/// A small machine to try logs with: a book of the sessions that are open, each with its label.
public struct Book: StoredMachine, Equatable {
    /// What it can be told.
    public enum Command: Sendable {
        /// Opens sessions; refused as a whole when one of them is open.
        case open([String], label: String? = nil)
        /// Closes one; refused when it is not open.
        case close(String)
        /// Answers and appends nothing.
        case count
        /// Opens one, then is refused: what no machine should do.
        case openHalf(String)
        /// Erases what an event of a session that is closed says of it.
        case redact(Position)
        /// Erases it without a look: what no machine should do.
        case redactUnseen(Position)
        /// Opens one after something was done, with the head of the log locked.
        case openAfter(String, @Sendable () -> Void)
        /// Goes on above a position that was seen, and opens a session.
        case restore(above: Position, String)
    }

    /// Why it does not.
    public enum Refusal: Error, Equatable {
        case alreadyOpen(String)
        case notOpen(String)
        case half
        case nothingToRedact
        case needed
    }

    /// The labels of the open sessions.
    public private(set) var open: [String: String] = [:]

    public init() {}

    public mutating func evolve(_ fact: Fact) throws(HistoryError) {
        switch fact.event {
        case .sessionOpened(let data):
            guard open.updateValue(data.label ?? "", forKey: data.session.text) == nil else {
                throw HistoryError(position: fact.position, problem: "\(data.session) is open")
            }
        case .sessionEnded(let data):
            guard open.removeValue(forKey: data.session.text) != nil else {
                throw HistoryError(position: fact.position, problem: "\(data.session) is not open")
            }
        case .logRedacted, .logRestored: break
        default: throw HistoryError(position: fact.position, problem: "this is no event of a book")
        }
    }

    /// The reply is the number of open sessions.
    public mutating func decide(_ command: Command, into draft: inout Draft) throws -> Int {
        switch command {
        case .open(let sessions, let label):
            if let taken = sessions.first(where: { open[$0] != nil }) { throw Refusal.alreadyOpen(taken) }
            for session in sessions { try begin(session, label, &draft) }
        case .close(let session):
            guard open[session] != nil else { throw Refusal.notOpen(session) }
            let end = SessionEnded(session: SessionID(session), cause: .closed, evidence: "it was closed")
            try evolve(draft.append(.sessionEnded(end)))
        case .count: break
        case .openHalf(let session):
            try begin(session, nil, &draft)
            throw Refusal.half
        case .redact(let position): try redact(position, &draft)
        case .redactUnseen(let position):
            let told = LogRedacted(position: position, by: "eve", reason: "why", remains: Array("{}".utf8))
            try evolve(draft.append(.logRedacted(told)))
        case .restore(let highest, let session):
            guard open[session] == nil else { throw Refusal.alreadyOpen(session) }
            let restored = LogRestored(previousHead: draft.head, by: "eve")
            try evolve(draft.append(.logRestored(restored), at: highest + LogRestored.jump))
            try begin(session, nil, &draft)
        case .openAfter(let session, let action):
            action()
            try begin(session, nil, &draft)
        }
        return open.count
    }

    public static func subject(of command: Command) -> Position? {
        if case .redact(let position) = command { position } else { nil }
    }

    private mutating func redact(_ position: Position, _ draft: inout Draft) throws {
        guard let event = draft.subject, event.position == position, event.payload != nil else {
            throw Refusal.nothingToRedact
        }
        let known = try event.fact().event
        if case .sessionOpened(let data) = known, open[data.session.text] != nil { throw Refusal.needed }
        let redaction = LogRedacted(position: position, by: "eve", reason: "why", remains: known.remains)
        try evolve(draft.append(.logRedacted(redaction)))
    }

    private mutating func begin(_ session: String, _ label: String?, _ draft: inout Draft) throws {
        let opened = SessionOpened(session: SessionID(session), host: "h1", user: "eve", label: label)
        try evolve(draft.append(.sessionOpened(opened)))
    }

    public static let projectionNames = ["idle", "sessions"]

    public static func projection(of kind: Event.Kind) -> String {
        kind == .sessionOpened || kind == .sessionEnded ? "sessions" : "idle"
    }

    public func encodeProjection(_ name: String) -> [UInt8] {
        var writer = JSONWriter()
        let rows = name == "sessions" ? open.sorted { $0.key < $1.key } : []
        writer.array(rows) { writer, row in
            writer.object {
                $0.field("id", row.key)
                $0.field("label", row.value)
            }
        }
        return writer.bytes
    }

    public init(projections: [String: [UInt8]]) throws(JSONError) {
        guard let bytes = projections["sessions"] else { return }
        let rows = try JSONReader.read(bytes) { reader throws(JSONError) in
            try reader.array { element throws(JSONError) in
                try element.object { fields throws(JSONError) in
                    (id: try fields.string("id"), label: try fields.string("label"))
                }
            }
        }
        for row in rows { open[row.id] = row.label }
    }
}

extension Submission where Command == Book.Command {
    /// A command of eve's.
    public init(_ id: String, _ command: Book.Command) {
        self.init(id: CommandID(id), command: command, actor: "eve", host: "h1")
    }
}
