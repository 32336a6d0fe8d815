internal import EventStore
public import Events
public import Projections
public import System

/// Who asks for locks, as the log will know it.
public struct Claimant: Sendable {
    /// Why a process cannot hold here.
    public enum Failure: Error, Sendable {
        /// `INTERLOCK_SESSION` is of another database.
        case foreignSession(String)
    }

    /// For `Acquisition`: a new session opens in the transaction of the first request.
    public var holder: Holder
    /// The session that holds, also where it is still to be opened.
    public var session: SessionID
}

extension OpenSite {
    /// The holder that `process` is: the living session it already is, or a new one. The parent is `inherited`, the value
    /// of `INTERLOCK_SESSION` in the asking process's environment; where that session ended, its nearest living recorded
    /// ancestor. A session that `closesWhenIdle` ends with its last lock, request and child.
    public func claimant(
        for process: ProcessIdentity, program: String, label: String?, inherited: String?, closesWhenIdle: Bool
    ) async throws -> Claimant {
        let processID = ProcessID(process)
        let parent = try inherited.map { text throws(Claimant.Failure) in
            guard text.hasPrefix(databaseID + "-") else { throw .foreignSession(text) }
            return SessionID(text)
        }
        let known = try await log.inspect { platform, _ in
            (
                own: platform.locks.session(of: processID)?.id,
                parentLives: parent.map { platform.locks.session($0) != nil },
                ancestors: parent.map { platform.locks.ancestors(of: $0) } ?? []
            )
        }
        // Those of a living parent too: it may end before the command arrives.
        let ancestors = known.parentLives == false ? try await recordedAncestors(of: parent) : known.ancestors
        let session = try NewID.session(of: databaseID)
        let opened = SessionOpened(
            session: session, parent: parent, host: site.host, user: site.user, label: label, process: processID,
            program: program, closesWhenIdle: closesWhenIdle)
        // Also where the process is a session already: that is found again when the command is decided, and may have closed
        // by then.
        return Claimant(
            holder: .opening(SessionOpening(opened, ancestors: ancestors)), session: known.own ?? session)
    }

    /// More ancestors than this are not looked up: nobody nests so deep.
    static let maximumAncestors = 64

    /// The recorded parents of an ended session, nearest first: each from the first event of the session's own stream.
    private func recordedAncestors(of session: SessionID?) async throws -> [SessionID] {
        guard var current = session else { return [] }
        let scan = try LogScan(site.endpoint)
        var ancestors: [SessionID] = []
        while ancestors.count < Self.maximumAncestors,
            let first = try await scan.stream("session-\(current)", limit: 1).first,
            case .sessionOpened(let opened) = try first.fact().event, let parent = opened.parent
        {
            ancestors.append(parent)
            current = parent
        }
        return ancestors
    }
}
