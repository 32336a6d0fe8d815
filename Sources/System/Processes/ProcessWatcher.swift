internal import CSystem
internal import Glibc
internal import Synchronization

/// Watches any number of processes of this host and tells when one has ended. Each is watched by a pidfd on the shared epoll
/// thread, at most half of RLIMIT_NOFILE of them; what does not fit there is asked for its liveness every half second.
public final class ProcessWatcher: Sendable {
    /// A watched process that has ended, with the proof.
    public struct Ended: Sendable, Equatable {
        /// Who ended.
        public let identity: ProcessIdentity
        /// A sentence for the record.
        public let evidence: String
    }

    /// Pause between two looks at those that have no pidfd.
    public static let pollMilliseconds: UInt64 = 500

    /// The ends, each process once; for one consumer. Buffers no more than is watched.
    public let ended: AsyncStream<Ended>

    private struct State {
        var descriptors: [ProcessIdentity: Int32] = [:]
        var polled: Set<ProcessIdentity> = []
        var polling = false
    }

    private let state = Mutex(State())
    private let continuation: AsyncStream<Ended>.Continuation
    private let maximumDescriptors: Int

    /// A watcher that watches nobody yet.
    public convenience init() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        self.init(maximumDescriptors: Int(clamping: limit.rlim_cur / 2))
    }

    init(maximumDescriptors: Int) {
        (ended, continuation) = AsyncStream.makeStream(of: Ended.self)
        self.maximumDescriptors = maximumDescriptors
    }

    deinit {
        state.withLock { state in
            for descriptor in state.descriptors.values where Readiness.shared.cancel(descriptor) { close(descriptor) }
        }
        continuation.finish()
    }

    /// Begins to watch a process; if it has ended already, that is told at once. Watching it twice is watching it once.
    public func watch(_ identity: ProcessIdentity) {
        if case .dead(let evidence) = identity.liveness() {
            unwatch(identity)
            continuation.yield(Ended(identity: identity, evidence: evidence))
            return
        }
        let mustPoll = state.withLock { state in
            guard state.descriptors[identity] == nil && !state.polled.contains(identity) else { return false }
            guard state.descriptors.count < maximumDescriptors, let descriptor = open(identity) else {
                state.polled.insert(identity)
                defer { state.polling = true }
                return !state.polling
            }
            state.descriptors[identity] = descriptor
            return false
        }
        if mustPoll { pollLater() }
    }

    /// Stops watching; an end that was told already stays in the stream.
    public func unwatch(_ identity: ProcessIdentity) {
        state.withLock { state in
            state.polled.remove(identity)
            guard let descriptor = state.descriptors.removeValue(forKey: identity) else { return }
            if Readiness.shared.cancel(descriptor) { close(descriptor) }
        }
    }

    /// A pidfd of the process on the epoll thread; `nil` where there is none to be had.
    private func open(_ identity: ProcessIdentity) -> Int32? {
        guard (try? Vantage.current) == Vantage(bootID: identity.bootID, pidNamespace: identity.pidNamespace) else {
            return nil
        }
        let descriptor = cs_pidfd_open(identity.pid)
        guard descriptor >= 0 else { return nil }
        do throws(SystemError) {
            try Readiness.shared.once(descriptor) { [weak self] _ in
                close(descriptor)
                self?.examine(identity)
            }
        } catch {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    private func examine(_ identity: ProcessIdentity) {
        let wasWatched = state.withLock { $0.descriptors.removeValue(forKey: identity) != nil }
        guard wasWatched else { return }
        watch(identity)
    }

    private func pollLater() {
        Task { [weak self] in
            while true {
                try? await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
                guard let self, self.poll() else { return }
            }
        }
    }

    /// One look at those without a pidfd; false when there are none left.
    private func poll() -> Bool {
        for identity in state.withLock({ $0.polled }) {
            guard case .dead(let evidence) = identity.liveness() else { continue }
            let wasWatched = state.withLock { $0.polled.remove(identity) != nil }
            if wasWatched { continuation.yield(Ended(identity: identity, evidence: evidence)) }
        }
        return state.withLock { state in
            state.polling = !state.polled.isEmpty
            return state.polling
        }
    }
}
