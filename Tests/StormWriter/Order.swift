import StoreConformance

/// A command as text, so that another process can give it again: `ID:open:COUNT` or `ID:close:SESSION`.
struct Order: Sendable {
    let text: String
    let id: String
    /// The sessions that it opens or closes.
    let sessions: [String]
    let command: Book.Command

    static func open(_ id: String, _ count: Int) -> Order {
        let sessions = (0..<count).map { "\(id)x\($0)" }
        return Order(text: "\(id):open:\(count)", id: id, sessions: sessions, command: .open(sessions))
    }

    static func close(_ id: String, _ session: String) -> Order {
        Order(text: "\(id):close:\(session)", id: id, sessions: [session], command: .close(session))
    }

    private init(text: String, id: String, sessions: [String], command: Book.Command) {
        (self.text, self.id, self.sessions, self.command) = (text, id, sessions, command)
    }

    /// Nil where the text is none.
    init?(_ text: String) {
        let parts = text.split(separator: ":").map(String.init)
        guard parts.count == 3 else { return nil }
        switch (parts[1], Int(parts[2])) {
        case ("open", let count?): self = .open(parts[0], count)
        case ("close", _): self = .close(parts[0], parts[2])
        default: return nil
        }
    }
}
