internal import Digest
public import Events
internal import Synchronization
internal import System

/// The highest position of the log that was seen from a state directory, with the chain's hash there: a file of its own,
/// `highest-seen`, mode 0600. A database that does not go through it was restored from an older dump, or is another one; if it
/// were appended to, tokens would be issued a second time.
///
/// Whoever commits, and whoever is going to act on what others have committed, writes it before he tells anybody: so what is
/// written is durable in the log, and survives him however he ends. It is written without waiting for the disk, but by whom
/// it crosses a multiple of `syncInterval`; a service forces it to the disk at times.
///
/// What that guarantees: as long as the host has not crashed, every dump is noticed that lacks something anybody here was told.
/// After a crash the record may be older than the truth, by what was appended since it was last forced to the disk: with a
/// service some two seconds, without one less than twice `syncInterval`. A dump from between goes unnoticed; an older one is
/// noticed, and the jump of `log.restored` covers the difference.
///
/// Why slots: one record for all would need a lock, lest who is late puts a lower one over a higher, and a process that is
/// stopped while it has that lock would stop every commit of the host. A file that is replaced at each commit is empty after a
/// crash unless one waits for the disk. Here nobody waits for anybody: a position has its slot, the highest is the highest of
/// all slots, and who is late spoils one slot at most, until the next commit. Safe from any thread.
public final class HighestSeen: Sendable {
    /// What a slot says.
    public struct Entry: Sendable, Equatable {
        /// The database's own name.
        public var databaseID: String
        /// The position, and the hash there.
        public var head: Head
    }

    /// Positions between two writings to the disk, about.
    public static let syncInterval = 65_536

    private struct State: ~Copyable {
        var file: SlotFile?
        var bytes: [UInt8] = []
        var highest: Entry?
        var problem: String?
    }

    /// The file's path.
    public let path: String
    private let directory: String
    private let state = Mutex(State())

    /// Of a state directory, which need not be there. Nothing is touched.
    public init(stateDirectory: String) {
        directory = stateDirectory
        path = stateDirectory + "/highest-seen"
    }

    /// Nil where nothing was seen, or where this user may not read it. Throws `damaged` for a file that says nothing.
    public func highest() throws(StoreError) -> Entry? {
        try state.withLock { state throws(StoreError) in try look(&state) }
    }

    /// Why the last thing seen could not be written, though this user may write here; nil where nothing was in the way.
    public var problem: String? { state.withLock { $0.problem } }

    /// Writes what is durable in the log, if it is higher than what is written. A user who may not write here writes nothing.
    public func saw(_ head: Head, of databaseID: String) {
        guard head.position > 0 else { return }
        state.withLock { state in
            do {
                let before = try look(&state)?.head.position ?? 0
                guard head.position > before, try open(&state) else { return }
                let slot = head.position % SlotFile.slots
                try state.file?.write(Self.line(Entry(databaseID: databaseID, head: head)), slot: slot)
                state.problem = nil
                if before / Self.syncInterval != head.position / Self.syncInterval { try state.file?.sync(path) }
            } catch {
                state.problem = "\(error)"
            }
        }
    }

    /// Returns when what was seen before is on the disk, as far as this process has written it.
    public func sync() {
        state.withLock { state in
            do throws(SystemError) { try state.file?.sync(path) } catch { state.problem = error.message }
        }
    }

    /// False where this user may not write.
    private func open(_ state: inout State) throws(SystemError) -> Bool {
        if state.file != nil { return state.file?.isWritable ?? false }
        do throws(SystemError) {
            if !Directory.contains(directory) { try DurableFile.makeDirectories(directory, mode: 0o755) }
            state.file = try SlotFile.make(path)
            return true
        } catch {
            guard error.code == .permission || error.code == .notFound else { throw error }
            return false
        }
    }

    private func look(_ state: inout State) throws(StoreError) -> Entry? {
        do throws(SystemError) {
            if state.file?.isInPlace != true {
                state.file = try SlotFile.open(path)
                state.bytes = []
            }
            guard let bytes = try state.file?.read() else { return nil }
            guard bytes != state.bytes else { return state.highest }
            state.highest = Self.highest(bytes)
            guard state.highest != nil || bytes.allSatisfy({ $0 == UInt8(ascii: "\n") }) else { throw damaged }
            state.bytes = bytes
            return state.highest
        } catch {
            throw error.code == .malformed
                ? StoreError(
                    .damaged, error.message,
                    hint: "remove it only if you are sure that the database was not restored from an older dump")
                : StoreError(.unreadable, error.message, hint: "mend \(path)")
        }
    }

    private var damaged: SystemError { SystemError(.malformed, "\(path) is damaged: it does not say what was seen") }
}

extension HighestSeen {
    /// `POSITION DATABASE HASH POSITION` and spaces to a slot's length: one that was read half written has not the same
    /// position twice.
    static func line(_ entry: Entry) -> [UInt8] {
        let text = "\(entry.head.position) \(entry.databaseID) \(entry.head.hash) \(entry.head.position)"
        let room = SlotFile.slotBytes - 1 - text.utf8.count
        return Array(text.utf8) + Array(repeating: UInt8(ascii: " "), count: max(0, room)) + [UInt8(ascii: "\n")]
    }

    /// The highest of all whole slots.
    static func highest(_ bytes: [UInt8]) -> Entry? {
        var slots: [(position: Int, start: Int)] = []
        for start in stride(from: 0, to: bytes.count, by: SlotFile.slotBytes) {
            var position = 0
            for digit in bytes[start...].prefix(18) {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { break }
                position = position * 10 + Int(digit - UInt8(ascii: "0"))
            }
            if position > 0 { slots.append((position, start)) }
        }
        for slot in slots.sorted(by: { $0.position > $1.position }) {
            let text = String(decoding: bytes[slot.start...].prefix(SlotFile.slotBytes), as: UTF8.self)
            let words = text.split { $0 == " " || $0 == "\n" }
            guard words.count == 4, words[0] == words[3], let hash = SHA256.Digest(hex: String(words[2])) else {
                continue
            }
            return Entry(databaseID: String(words[1]), head: Head(position: slot.position, hash: hash))
        }
        return nil
    }
}
