import Seeds
import System
import Testing

@testable import Collector

/// A carbon that comes and goes beside the sender, with all that can happen between two sockets, in time that costs none.
@Suite("A carbon that comes and goes")
struct GraphiteSimulation {
    /// What the model knows: which lines there were, and which carbon has understood.
    private struct Carbon {
        /// In the sender's kernel, not acknowledged.
        var underWay: [UInt8] = []
        /// Acknowledged and not read yet.
        var unread: [UInt8] = []
        var partial: [UInt8] = []
        var isThere = true
        var isWedged = false
        var isConnected = false
        var read: Set<Int> = []
        var lastOfConnection = -1

        mutating func hangUp() {
            (underWay, unread, partial, isConnected, lastOfConnection) = ([], [], [], false, -1)
        }

        /// Reads what has come, and understands it line by line.
        mutating func readAll(_ complain: (String) -> Void) {
            partial += unread
            unread = []
            while let end = partial.firstIndex(of: 10) {
                let words = String(decoding: partial[..<end], as: UTF8.self).split(separator: " ")
                partial.removeSubrange(...end)
                guard words.count == 3, words[0].utf8.count > 4, let number = Int(words[1]), words[1] == words[2] else {
                    complain("torn: \(words.map { $0.prefix(20) })")
                    continue
                }
                if number <= lastOfConnection { complain("\(number) after \(lastOfConnection)") }
                lastOfConnection = number
                read.insert(number)
            }
        }
    }

    /// One run, from a seed.
    private struct Play {
        static let sendBufferBytes = 300_000

        let seed: Int
        var random: Random
        var sender = GraphiteSender()
        var carbon = Carbon()
        var now = MonotonicTime(nanoseconds: 1_000_000_000)
        var taken = 0

        init(seed: Int) { (self.seed, random) = (seed, Random(seed: seed)) }

        func complain(_ words: String) { Issue.record("seed \(seed): \(words)") }

        /// Does what the sender says, until it waits.
        mutating func obey(isKind: Bool) {
            for _ in 0..<1_000 {
                switch sender.next(at: now) {
                case .connect:
                    if carbon.isThere { sender.connected(at: now) } else { sender.ended(at: now) }
                    carbon.isConnected = carbon.isThere
                case .write(let bytes):
                    let room = Self.sendBufferBytes - carbon.underWay.count
                    let count = min(room, isKind ? bytes.count : 1 + random.below(bytes.count))
                    carbon.underWay += bytes.prefix(count)
                    // Who measures does not wait for what is being written.
                    if !isKind, random.chance(2) { measure() }
                    sender.wrote(count, at: now)
                case .close: carbon.hangUp()
                case .wait(_, let forWriting):
                    guard carbon.isConnected else { return }
                    let rest = carbon.underWay.count
                    if !isKind, random.chance(2) { measure() }
                    _ = sender.acknowledged(allBut: rest, at: now, WallTime(microseconds: 0))
                    guard forWriting, carbon.underWay.count < Self.sendBufferBytes else { return }
                    sender.writable()
                }
            }
        }

        mutating func measure() { measure(1 + random.below(seed.isMultiple(of: 2) ? 40 : 200)) }

        mutating func measure(_ count: Int) {
            let padding = String(repeating: "x", count: seed.isMultiple(of: 2) ? 20 : 4_000)
            let text = (taken..<taken + count).map { "\(padding).line \($0) \($0)\n" }.joined()
            sender.take([GraphiteLines(text: Array(text.utf8), count: count)])
            taken += count
        }

        /// Whatever carbon has not read is gone with it; of what was acknowledged it has read all or nothing.
        mutating func end() {
            if random.chance(50) { carbon.readAll(complain) }
            carbon.hangUp()
            sender.ended(at: now)
        }

        mutating func acknowledge(_ count: Int) {
            carbon.unread += carbon.underWay.prefix(count)
            carbon.underWay.removeFirst(count)
        }

        mutating func step() {
            now = now.advanced(milliseconds: UInt64(random.below(20_000)))
            if random.chance(4) { carbon.isThere.toggle() }
            if random.chance(4) { carbon.isWedged.toggle() }
            if carbon.isConnected, !carbon.isThere || random.chance(3) { end() }
            // What was acknowledged is read before it is believed.
            carbon.readAll(complain)
            if random.chance(60) { measure() }
            obey(isKind: false)
            if carbon.isConnected, !carbon.isWedged { acknowledge(random.below(carbon.underWay.count + 1)) }
            // Also right after it was acknowledged, and the sender has heard of that.
            if random.chance(30) { obey(isKind: false) }
            if carbon.isConnected, random.chance(5) { end() }
        }

        mutating func recover() {
            (carbon.isThere, carbon.isWedged) = (true, false)
            for _ in 0..<300 where sender.queuedLines > 0 {
                now = now.advanced(milliseconds: 10_000)
                obey(isKind: true)
                acknowledge(carbon.underWay.count)
                carbon.readAll(complain)
            }
        }
    }

    @Test(
        "has every line in the end that was not dropped, in order on each connection, and none that is torn",
        arguments: Setting.seeds(40, soak: 2_000))
    func everything(seed: Int) {
        var play = Play(seed: seed)
        for _ in 0..<200 { play.step() }
        play.recover()
        #expect(play.sender.queuedLines == 0, "seed \(seed)")
        #expect(Set(0..<play.taken).subtracting(play.carbon.read).count <= play.sender.droppedLines, "seed \(seed)")
        #expect(play.sender.sentLines + play.sender.droppedLines == play.taken, "seed \(seed)")
    }
}
