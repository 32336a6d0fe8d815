/// How a subject is called where blocks are stored.
extension Subject {
    private static let appPrefix = Array("app/".utf8)

    /// As bytes, so that no two are the same; nil of a task, which has no history.
    public var stored: [UInt8]? {
        switch self {
        case .host: Array("host".utf8)
        case .app(let id): Self.appPrefix + Array(id.utf8)
        case .task: nil
        }
    }

    /// Nil for what is none.
    public init?(stored bytes: [UInt8]) {
        if bytes == Subject.host.stored {
            self = .host
        } else if bytes.starts(with: Self.appPrefix),
            let id = String(validating: bytes.dropFirst(Self.appPrefix.count), as: UTF8.self)
        {
            self = .app(id)
        } else {
            return nil
        }
    }
}
