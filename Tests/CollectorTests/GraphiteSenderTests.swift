import Seeds
import System
import Testing

@testable import Collector

@Suite("What is to go to carbon")
struct GraphiteSenderTests {
    private static let wall = WallTime(microseconds: 0)

    private static func at(_ seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: UInt64((100 + seconds) * 1e9))
    }

    private static func lines(_ text: String) -> [GraphiteLines] {
        [GraphiteLines(text: Array((text + "\n").utf8), count: text.split(separator: "\n").count)]
    }

    /// With a connection, and these lines to send.
    private static func connected(_ text: String) -> GraphiteSender {
        var sender = GraphiteSender()
        sender.take(lines(text))
        sender.connected(at: at(0))
        return sender
    }

    private func written(_ step: GraphiteSender.Step) -> String? {
        if case .write(let bytes) = step { String(decoding: bytes, as: UTF8.self) } else { nil }
    }

    @Test("waits for something to send, connects, and writes it")
    func plain() {
        var sender = GraphiteSender()
        #expect(sender.next(at: Self.at(0)) == .wait(until: nil, forWriting: false))
        sender.take(Self.lines("a 1 1"))
        #expect(sender.next(at: Self.at(0)) == .connect)
        sender.connected(at: Self.at(0))
        #expect(written(sender.next(at: Self.at(0))) == "a 1 1\n")
        sender.wrote(2, at: Self.at(0))
        #expect(written(sender.next(at: Self.at(0))) == "1 1\n")
        sender.wrote(4, at: Self.at(0))
        #expect(sender.next(at: Self.at(0)) == .wait(until: Self.at(5), forWriting: false))
        #expect(sender.queuedLines == 1 && sender.sentLines == 0)
    }

    @Test("is done with when it was acknowledged and the connection has stood since")
    func settled() {
        var sender = Self.connected("a 1 1")
        sender.wrote(6, at: Self.at(0))
        var isDone = [1.0, 5].map { sender.acknowledged(allBut: 0, at: Self.at($0), Self.wall) }
        #expect(isDone == [false, false] && sender.sentLines == 0)
        isDone.append(sender.acknowledged(allBut: 0, at: Self.at(6), Self.wall))
        #expect(
            isDone.last == true && sender.sentLines == 1 && sender.queuedLines == 0 && sender.lastSuccess == Self.wall)
        #expect(sender.next(at: Self.at(6)) == .wait(until: nil, forWriting: false))
    }

    @Test("goes again from the beginning of a line where a connection ended in the middle of one")
    func cut() {
        var sender = Self.connected("a 1 1\nb 2 2")
        sender.wrote(8, at: Self.at(0))
        sender.ended(at: Self.at(0))
        sender.take(Self.lines("c 3 3"))
        #expect(sender.next(at: Self.at(0)) == .wait(until: Self.at(1), forWriting: false))
        #expect(sender.next(at: Self.at(1)) == .connect)
        sender.connected(at: Self.at(1))
        #expect(written(sender.next(at: Self.at(1))) == "a 1 1\nb 2 2\nc 3 3\n")
    }

    @Test("is tried again after pauses that double, and no longer than the longest")
    func pauses() {
        var sender = GraphiteSender()
        sender.take(Self.lines("a 1 1"))
        for pause in [1.0, 2, 4, 8, 16, 32, 60, 60] {
            sender.ended(at: Self.at(0))
            #expect(sender.next(at: Self.at(0)) == .wait(until: Self.at(pause), forWriting: false))
        }
    }

    @Test("is given up on a connection that takes nothing, however often others wake it")
    func blocked() {
        var sender = Self.connected("a 1 1")
        sender.wrote(2, at: Self.at(10))
        sender.wrote(0, at: Self.at(20))
        #expect(sender.next(at: Self.at(20)) == .wait(until: Self.at(70), forWriting: true))
        sender.take(Self.lines("b 1 1"))
        sender.writable()
        #expect(written(sender.next(at: Self.at(21)))?.hasPrefix("1 1\n") == true)
        sender.wrote(0, at: Self.at(21))
        #expect(sender.next(at: Self.at(70)) == .close)
        #expect(!sender.isConnected)
        #expect(sender.next(at: Self.at(71)) == .connect)
    }

    @Test("is not dropped while a part of its line is on its way: what follows is the rest of that line")
    func dropped() {
        var sender = GraphiteSender()
        let size = GraphiteNames.maximumTextBytes
        func lines(_ letter: String) -> [GraphiteLines] {
            [GraphiteLines(text: Array((String(repeating: letter, count: size - 1) + "\n").utf8), count: 1)]
        }
        sender.take(lines("a"))
        sender.connected(at: Self.at(0))
        sender.wrote(1000, at: Self.at(0))
        sender.wrote(0, at: Self.at(0))
        for _ in 0..<GraphiteSender.maximumBytes / size + 3 { sender.take(lines("b")) }
        #expect(sender.droppedLines == 4)
        sender.writable()
        #expect(written(sender.next(at: Self.at(0))) == String(repeating: "a", count: size - 1001) + "\n")
        sender.wrote(size - 1000, at: Self.at(0))
        #expect(written(sender.next(at: Self.at(0)))?.hasPrefix("bbb") == true)
        // Written, and so no part of it is to come: it goes first.
        sender.take(lines("c"))
        #expect(sender.droppedLines == 5)
        #expect(written(sender.next(at: Self.at(0)))?.hasPrefix("bbb") == true)
    }

    /// With more than there is room for, by one.
    private static func fill(_ sender: inout GraphiteSender) {
        let size = GraphiteNames.maximumTextBytes
        let text = Array((String(repeating: "z", count: size - 1) + "\n").utf8)
        while sender.droppedLines == 0 { sender.take([GraphiteLines(text: text, count: 1)]) }
    }

    @Test("is not dropped while it is being written, of which nobody knows yet how much")
    func droppedMeanwhile() {
        let line = String(repeating: "a", count: GraphiteNames.maximumTextBytes - 1)
        var sender = Self.connected(line)
        #expect(written(sender.next(at: Self.at(0))) == line + "\n")
        Self.fill(&sender)
        sender.wrote(1000, at: Self.at(0))
        #expect(written(sender.next(at: Self.at(0))) == String(line.dropFirst(1000)) + "\n")
    }

    @Test("is not taken for acknowledged because what was is dropped")
    func droppedAcknowledged() {
        let line = String(repeating: "a", count: GraphiteNames.maximumTextBytes - 1)
        var sender = Self.connected(line)
        sender.wrote(line.utf8.count + 1, at: Self.at(0))
        _ = sender.acknowledged(allBut: 0, at: Self.at(0), Self.wall)
        sender.take(Self.lines(line.replacing("a", with: "b")))
        sender.wrote(line.utf8.count + 1, at: Self.at(1))
        Self.fill(&sender)
        // Of the second one carbon's host has told nothing.
        let isDone = sender.acknowledged(allBut: line.utf8.count + 1, at: Self.at(6), Self.wall)
        #expect(!isDone && sender.sentLines == 0)
    }

    @Test("while carbon is away for an hour is kept up to its bound, the newest of it, and what was dropped is counted")
    func away() throws {
        var sender = GraphiteSender()
        var taken = 0
        for pass in 0..<360 {
            let now = Self.at(Double(pass) * 10)
            let text = (0..<800).map { "collectd.localhost.interface-eth\($0).if_octets.rx 1 \(pass)\n" }.joined()
            sender.take([GraphiteLines(text: Array(text.utf8), count: 800)])
            taken += 800
            if sender.next(at: now) == .connect { sender.ended(at: now) }
        }
        #expect(sender.droppedLines > 0 && sender.queuedLines > 100_000)
        #expect(sender.droppedLines + sender.queuedLines == taken)
        sender.connected(at: Self.at(3600))
        var all: [UInt8] = []
        while case .write(let bytes) = sender.next(at: Self.at(3600)) {
            all += bytes
            sender.wrote(bytes.count, at: Self.at(3600))
        }
        #expect(all.count <= GraphiteSender.maximumBytes && all.count > GraphiteSender.maximumBytes / 100 * 98)
        let passes = String(decoding: all, as: UTF8.self).split(separator: "\n").compactMap {
            $0.split(separator: " ").last.flatMap { Int($0) }
        }
        #expect(passes.last == 359 && passes == passes.sorted() && passes.count == taken - sender.droppedLines)
    }
}
