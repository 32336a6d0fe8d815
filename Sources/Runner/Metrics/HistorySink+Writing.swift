internal import Collector
internal import EventStore
internal import Logging
internal import Synchronization
internal import System

/// What the sink does in the database.
extension HistorySink {
    /// Blocks that one transaction writes.
    static let blocksPerTransaction = 256
    /// A coarse block is made so long after its end: by then what was measured in it is written.
    private static let rollUpDelay = 60_000
    /// Apps that are gone are looked for so often.
    private static let appsInterval = 3600 * Int64(1_000_000)
    /// What is too old is looked for so often, where the last look found all of it.
    private static let oldInterval = 600 * Int64(1_000_000)

    /// Writes what is waiting, makes coarser blocks of what is over, and deletes what is too old. What fails is tried again the
    /// next time.
    func flush(at now: WallTime, isLast: Bool = false, knownApps: () async throws -> Set<String>) async {
        guard let settings = state.withLock(\.settings) else { return }
        let begin = MonotonicTime.now
        do {
            try await writeOpen(settings)
            if !isLast {
                try await rollUp(at: now.milliseconds, settings)
                try await forgetOld(at: now, settings)
                try await forgetApps(at: now, knownApps)
            }
            let before = state.withLock { state in
                defer { state.trouble = nil }
                state.open.forget(endedBefore: now.milliseconds)
                (state.duration, state.lastSuccess) = (.since(begin), now)
                return state.trouble
            }
            if before != nil { logger.notice("the history of measurements is written again") }
        } catch {
            let problem = "\(error)"
            let before = state.withLock { state in
                defer { state.trouble = problem }
                return state.trouble
            }
            if before == nil { logger.warning("the history of measurements is not written: \(problem)") }
        }
    }

    private func writeOpen(_ settings: MetricsSettings) async throws {
        for key in state.withLock(\.open.unmerged) {
            let stored = try await block(key)
            state.withLock { $0.open.merge(stored, into: key) }
        }
        var waiting = state.withLock(\.open.unwritten)[...]
        while !waiting.isEmpty {
            let keys = waiting.prefix(Self.blocksPerTransaction)
            waiting = waiting.dropFirst(keys.count)
            var blocks: [MetricBlock] = []
            var written: [BlockKey] = []
            for key in keys {
                // One at a time, so that who measures is never held up for long.
                guard let block = state.withLock({ $0.open.block(key) }) else { continue }
                guard let stored = MetricBlock(block) else {
                    state.withLock { $0.open.drop(key) }
                    continue
                }
                blocks.append(stored)
                written.append(key)
            }
            do {
                let bytes = try await store.write(blocks, budget: settings.disk.bytes)
                state.withLock { state in
                    state.stored = bytes
                    for key in written { state.written += state.open.wrote(key) }
                }
            } catch {
                guard let error = error as? StoreError, error.code == .tooLarge else { throw error }
                state.withLock { state in for key in keys { state.open.drop(key) } }
                throw error
            }
        }
    }

    // MARK: Coarser blocks

    /// Makes the coarse blocks whose time is over. It follows from what is stored what is to be made: a crash leaves nothing undone.
    private func rollUp(at now: Int, _ settings: MetricsSettings) async throws {
        let over = now - Self.rollUpDelay
        let mark = BlockKey(.host, Ladder.coarse[0], at: over).start
        guard state.withLock(\.rolledUp) != mark else { return }
        for resolution in Ladder.coarse {
            var pending: [BlockKey: [MetricBlock.Key]] = [:]
            for key in try await store.pending() where Ladder.coarser(than: key.resolution) == resolution {
                guard let fine = BlockKey(key) else { continue }
                var span = BlockKey(fine.subject, resolution, at: fine.start)
                while span.start < fine.end, span.end <= over {
                    // Part of the next one too, it is pending until that is made.
                    pending[span, default: []] += fine.end <= span.end ? [key] : []
                    span = BlockKey(fine.subject, resolution, at: span.end)
                }
            }
            for (span, finer) in pending.sorted(by: { $0.key.start < $1.key.start }) {
                try await rollUp(span, marking: finer, settings)
            }
        }
        state.withLock { $0.rolledUp = mark }
    }

    private func rollUp(_ span: BlockKey, marking keys: [MetricBlock.Key], _ settings: MetricsSettings) async throws {
        guard let subject = span.subject.stored else { return }
        let finer = try await store.blocks(
            of: subject, resolutions: Ladder.finer(than: span.resolution), from: 2 * span.start - span.end, to: span.end
        )
        let (block, dropped) = RollUp.block(span, from: finer.compactMap(read), onto: try await self.block(span))
        guard block.count > 0, let stored = MetricBlock(block) else { return try await store.settle(keys) }
        let bytes = try await store.write([stored], rolledUp: keys, budget: settings.disk.bytes)
        state.withLock { state in
            state.stored = bytes
            state.dropped += dropped
        }
    }

    private func block(_ key: BlockKey) async throws -> HistoryBlock? {
        guard let stored = MetricBlock.Key(key) else { return nil }
        return try await store.block(stored).flatMap(read)
    }

    /// Nil, and told, where it cannot be read.
    private func read(_ stored: MetricBlock) -> HistoryBlock? {
        do {
            return try HistoryBlock(stored)
        } catch {
            state.withLock { $0.damaged += 1 }
            logger.warning("a block of the history is damaged and passed over: \(error.message)")
            return nil
        }
    }

    // MARK: What goes

    private func forgetOld(at now: WallTime, _ settings: MetricsSettings) async throws {
        if let forgot = state.withLock(\.forgot), abs(now.microseconds - forgot.microseconds) < Self.oldInterval {
            return
        }
        var isAll = true
        for resolution in try await store.resolutions() {
            let kept = Ladder.kept(resolution, of: settings.history.milliseconds)
            let length = resolution * Ladder.stepsPerBlock
            // A few each time: a clock that is far ahead for a moment takes little.
            let gone = try await store.forget(resolution: resolution, before: now.milliseconds - kept - length)
            if gone == MetricStore.pageRows { isAll = false }
        }
        if isAll { state.withLock { $0.forgot = now } }
    }

    private func forgetApps(at now: WallTime, _ knownApps: () async throws -> Set<String>) async throws {
        if let looked = state.withLock(\.looked), abs(now.microseconds - looked.microseconds) < Self.appsInterval {
            return
        }
        let limit = now.milliseconds - Self.appGrace.milliseconds
        let newest = Dictionary(grouping: try await store.newest(), by: \.subject)
        let old = newest.filter { $0.value.allSatisfy { BlockKey($0).map { $0.end < limit } ?? false } }
        let known = old.isEmpty ? [] : try await knownApps()
        for (subject, _) in old {
            guard case .app(let id)? = Subject(stored: subject), !known.contains(id) else { continue }
            while try await store.forget(subject: subject) > 0 {}
            logger.notice("the history of app \(id), which is gone, is deleted")
        }
        state.withLock { $0.looked = now }
    }
}

extension WallTime {
    /// Since 1970.
    var milliseconds: Int { Int(microseconds / 1000) }
}

extension MetricBlock {
    /// Nil of what has no history, or too much.
    init?(_ block: HistoryBlock) {
        guard let key = Key(block.key), let bytes = block.encoded() else { return nil }
        self.init(key, data: bytes, isRolledUp: Ladder.coarser(than: key.resolution) == nil)
    }
}

extension MetricBlock.Key {
    init?(_ key: BlockKey) {
        guard let subject = key.subject.stored else { return nil }
        self.init(subject: subject, resolution: key.resolution, start: key.start)
    }
}

extension BlockKey {
    init?(_ key: MetricBlock.Key) {
        guard key.resolution > 0, let subject = Subject(stored: key.subject) else { return nil }
        self.init(subject: subject, resolution: key.resolution, start: key.start)
    }
}

extension HistoryBlock {
    init(_ stored: MetricBlock) throws(DamagedBlock) {
        guard let key = BlockKey(stored.key), let data = stored.data else {
            throw DamagedBlock(message: "its checksum does not match")
        }
        try self.init(key, encoded: data)
    }
}
