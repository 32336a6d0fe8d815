internal import Digest
public import Events
public import System

/// Wake-ups. After a commit its writer sends an empty datagram to the sockets of those who wait for what happened: the
/// sessions that were granted or ended, and the followers of the log. A hint may be lost: who is woken reads the log, and who
/// is not polls it. Its word is the head as the commit left it: to who believes the sender, that the commit returned.
public enum Hints {
    /// The directory that all users of a database on this host share.
    public struct Directory: Sendable {
        /// Absolute; one for each database, whoever the user is.
        public let path: String

        /// Followers of the log that are woken by one commit; more than these poll.
        static let maximumFollowers = 256

        /// Below /tmp, where everybody may make a socket and nobody remove another's.
        public init(databaseID: String) {
            path = "/tmp/interlock-\(databaseID)"
        }

        /// Where a session's waiter listens.
        public func session(_ session: SessionID) -> String { "\(path)/session-\(session)" }

        /// Where a follower of the whole log listens.
        public func follower(_ name: String) -> String { "\(followers)/\(name)" }

        private var followers: String { path + "/followers" }

        /// Makes the directory; each may add a socket, and remove only his own (mode 1777).
        public func create() throws {
            try HintSocket.makeDirectory(path)
            try HintSocket.makeDirectory(followers)
        }

        /// Never blocks; full sockets are passed over, and what dead followers left is removed.
        func wake(after facts: [Fact], upTo head: Head) {
            let waiters = Hints.waiters(for: facts).map { session($0) }
            if !waiters.isEmpty { _ = HintSocket.send(to: waiters, word: head.word) }
            let names = (try? System.Directory.names(in: followers)) ?? []
            let paths = names.prefix(Self.maximumFollowers).map { follower($0) }
            let outcomes = HintSocket.send(to: paths, word: head.word)
            for (path, outcome) in zip(paths, outcomes) where outcome == .gone && path.hasPrefix(followers) {
                try? System.Directory.removeTree(path)
            }
        }
    }

    /// The sessions that may wait for what happened in one commit. A request that was granted by the commit that made it
    /// has its answer: nobody waits.
    private static func waiters(for facts: [Fact]) -> Set<SessionID> {
        var waiters: Set<SessionID> = []
        var made: Set<RequestID> = []
        for fact in facts {
            switch fact.event {
            case .lockRequested(let data): made.insert(data.request)
            case .lockGranted(let data): if !made.contains(data.request) { waiters.insert(data.session) }
            case .lockWithdrawn(let data): waiters.insert(data.session)
            case .lockRefused(let data): waiters.insert(data.session)
            case .taskWaitEnded(let data): waiters.insert(data.session)
            case .sessionEnded(let data): waiters.insert(data.session)
            default: break
            }
        }
        return waiters
    }
}

extension HintSocket {
    /// The head as the writer of a commit left it, whose hint was taken last; once.
    public func takeHead() -> Head? { takeWord().flatMap(Head.init(word:)) }
}

extension Head {
    private static let positionBytes = 8

    /// The position, its highest byte first, and the hash.
    fileprivate var word: [UInt8] {
        (0..<Self.positionBytes).reversed().map { UInt8(truncatingIfNeeded: position >> ($0 * 8)) } + hash.bytes
    }

    fileprivate init?(word: [UInt8]) {
        guard word.count > Self.positionBytes, let hash = SHA256.Digest(word[Self.positionBytes...]) else { return nil }
        let position = word.prefix(Self.positionBytes).reduce(0) { $0 << 8 | Position($1) }
        guard position > 0 else { return nil }
        self.init(position: position, hash: hash)
    }
}
