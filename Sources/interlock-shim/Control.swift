import System

/// The shim's socket: who is connected, who may order what, and who is told what happens.
struct Control: ~Copyable {
    /// Connections at once; the oldest one that is not attached gives way to a new one.
    static let maximumConnections = 32
    /// Attached ones hear of progress at most this often.
    static let progressPauseMilliseconds: UInt64 = 100

    private struct Peer {
        let connection: LineConnection
        let mayOrder: Bool
        var isAttached = false
    }

    private var listener: LineListener?
    private let owner: FileOwner
    private let taskUserID: UInt32
    private var peers: [Peer] = []
    private var started: ProcessIdentity?
    private var progress: TaskProgress?
    private var untold: TaskProgress?
    private var nextTelling = MonotonicTime(nanoseconds: 0)

    /// Listens. The socket is its owner's alone, unless the task runs as somebody else, who must reach it to tell progress; who
    /// may order what is decided by the peer's user id in any case.
    init(_ directory: AttemptDirectory, owner: FileOwner, taskUserID: UInt32) throws(SystemError) {
        let isOthers = taskUserID != owner.userID && taskUserID != 0
        listener = try LineListener(at: directory.controlPath, mode: isOthers ? 0o666 : 0o600, owner: owner)
        self.owner = owner
        self.taskUserID = taskUserID
    }

    /// What to wait for.
    var descriptors: [Int32] { (listener.map { [$0.descriptor] } ?? []) + peers.map(\.connection.descriptor) }

    /// When a progress is to be told that was held back.
    var deadline: MonotonicTime? { untold == nil ? nil : nextTelling }

    /// Takes new connections and what came on the old ones; returns the orders to the shim.
    mutating func takeOrders(ready: Set<Int32>, state: String) -> [ShimRequest] {
        if let listener, ready.contains(listener.descriptor) { admit(from: listener) }
        var orders: [ShimRequest] = []
        var leaving: Set<Int32> = []
        for index in peers.indices where ready.contains(peers[index].connection.descriptor) {
            let connection = peers[index].connection
            guard let (lines, hasEnded) = try? connection.takeLines() else {
                leaving.insert(connection.descriptor)
                continue
            }
            for line in lines { orders += answer(line, index, state) }
            if hasEnded { leaving.insert(connection.descriptor) }
        }
        peers.removeAll { leaving.contains($0.connection.descriptor) }
        return orders
    }

    /// Tells the attached ones that the main process runs.
    mutating func tellStarted(_ identity: ProcessIdentity) {
        started = identity
        tell(.started(identity))
    }

    /// Tells a held-back progress when it is time.
    mutating func tellProgress(now: MonotonicTime) {
        guard let progress = untold, nextTelling <= now else { return }
        untold = nil
        nextTelling = now.advanced(milliseconds: Self.progressPauseMilliseconds)
        tell(.progress(progress))
    }

    /// Tells the last progress and the end.
    mutating func tellExited() {
        if let progress = untold { tell(.progress(progress)) }
        tell(.exited)
    }

    /// Leaves: nobody is connected any more, and nobody can connect.
    mutating func close() {
        listener = nil
        peers = []
    }

    private mutating func admit(from listener: LineListener) {
        while let connection = try? listener.accept() {
            guard let user = try? connection.peerUserID() else { continue }
            let mayOrder = user == 0 || user == owner.userID
            guard mayOrder || user == taskUserID else { continue }
            if peers.count >= Self.maximumConnections {
                guard let oldest = peers.firstIndex(where: { !$0.isAttached }) else { continue }
                peers.remove(at: oldest)
            }
            peers.append(Peer(connection: connection, mayOrder: mayOrder))
        }
    }

    private mutating func answer(_ line: String, _ index: Int, _ state: String) -> [ShimRequest] {
        let connection = peers[index].connection
        guard let request = ShimRequest(line: line) else {
            try? connection.send(ShimMessage.refused("this is no request of a shim").line)
            return []
        }
        if case .progress(let told) = request {
            progress = told
            untold = told
            return []
        }
        guard peers[index].mayOrder else {
            try? connection.send(ShimMessage.refused("only the attempt's owner may do this").line)
            return []
        }
        switch request {
        case .attach:
            peers[index].isAttached = true
            if let started { try? connection.send(ShimMessage.started(started).line) }
            if let progress { try? connection.send(ShimMessage.progress(progress).line) }
            return []
        case .status:
            try? connection.send(ShimMessage.state(state).line)
            return []
        default:
            return [request]
        }
    }

    private mutating func tell(_ message: ShimMessage) {
        peers.removeAll { peer in peer.isAttached && (try? peer.connection.send(message.line)) == nil }
    }
}
