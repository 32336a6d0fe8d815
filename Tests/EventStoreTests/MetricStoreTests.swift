import MySQL
import Seeds
import ServerTesting
import StoreConformance
import Testing

@testable import EventStore

@Suite("The store of measurements", .database)
struct MetricStoreTests {
    static let plenty = 1 << 30

    private func store(host: String = "h1") async throws -> MetricStore {
        _ = try await Scratch.log()
        return try MetricStore(ScratchDatabase.current, host: host)
    }

    private func key(_ subject: String, _ start: Int, _ resolution: Int = 10) -> MetricBlock.Key {
        MetricBlock.Key(subject: Array(subject.utf8), resolution: resolution, start: start)
    }

    private func block(_ subject: String, _ start: Int, _ resolution: Int = 10, bytes: Int = 100) -> MetricBlock {
        MetricBlock(key(subject, start, resolution), data: Array(repeating: UInt8(start & 255), count: bytes))
    }

    /// What the table says, and what the host's row says of it.
    private func sums(_ host: String = "h1") throws -> [Int] {
        try [
            Scratch.number("SELECT CAST(COALESCE(SUM(size), 0) AS SIGNED) FROM metric_block WHERE host = '\(host)'"),
            Scratch.number("SELECT COALESCE(MAX(bytes), 0) FROM metric_usage WHERE host = '\(host)'"),
        ]
    }

    @Test("gives back what was written, the last under a key")
    func reads() async throws {
        let store = try await store()
        _ = try await store.write([block("host", 1), block("host", 2), block("app/a", 1)], budget: Self.plenty)
        _ = try await store.write([block("host", 2, bytes: 70_000)], budget: Self.plenty)
        #expect(try await store.block(key("host", 2)) == block("host", 2, bytes: 70_000))
        #expect(try await store.block(key("host", 3)) == nil)
        let blocks = try await store.blocks(of: Array("host".utf8), resolutions: 1..<60, from: 0, to: 3)
        #expect(blocks == [block("host", 1), block("host", 2, bytes: 70_000)])
        #expect(try await store.blocks(of: Array("host".utf8), resolutions: 11..<60, from: 0, to: 3) == [])
        #expect(try await store.newest() == [key("app/a", 1), key("host", 2)])
        #expect(try await store.resolutions() == [10])
        let size = MetricStore.size(of: 70_000) + 2 * MetricStore.size(of: 100)
        #expect(try sums() == [size, size])
    }

    @Test("never takes more than its budget, and gives up the oldest of the finest for it", arguments: 0..<4)
    func budget(seed: Int) async throws {
        var random = Random(seed: seed)
        let store = try await store()
        let budget = 40_000
        for start in 0..<60 {
            let blocks = (0..<3).map { block("app/\($0)", start / 3, 10, bytes: 200 + random.below(2000)) }
            let coarse = start % 10 == 0 ? [block("host", start, 60, bytes: 1000)] : []
            let used = try await store.write(blocks + coarse, budget: budget)
            #expect(used <= budget)
            #expect(try sums() == [used, used])
            for block in blocks { #expect(try await store.block(block.key) == block) }
        }
        #expect(try Scratch.number("SELECT COUNT(*) FROM metric_block WHERE resolution = 60") == 6)
        #expect(try Scratch.number("SELECT MIN(start) FROM metric_block WHERE resolution = 10") > 5)
    }

    @Test(
        "takes no more on the disk than it says, with large blocks and with small ones",
        arguments: [1000, 6000, 20_000])
    func disk(bytes: Int) async throws {
        let store = try await store()
        var random = Random(seed: bytes)
        var used = 0
        for start in 0..<(24_000_000 / bytes / 50) {
            let blocks = (0..<50).map { subject in
                MetricBlock(
                    key("app/\(subject)", start),
                    data: (0..<bytes - random.below(bytes / 5)).map { _ in UInt8(random.below(256)) })
            }
            used = try await store.write(blocks, budget: Self.plenty)
        }
        let name = try ScratchDatabase.current.database
        let file = try Scratch.number(
            """
            SELECT CAST(FILE_SIZE AS SIGNED) FROM information_schema.\
            \(try Connection(ScratchDatabase.current).isMariaDB ? "INNODB_SYS_TABLESPACES" : "INNODB_TABLESPACES") \
            WHERE NAME = '\(name)/metric_block'
            """)
        // InnoDB takes room in advance, some megabytes at a time.
        #expect(file < used + (8 << 20), "\(file) of \(used)")
    }

    @Test("takes nothing where what is written does not fit alone, and deletes nothing for it")
    func tooLarge() async throws {
        let store = try await store()
        let used = try await store.write([block("host", 1)], budget: 10_000)
        let error = await #expect(throws: StoreError.self) {
            _ = try await store.write([block("host", 2, bytes: 20_000)], budget: 10_000)
        }
        #expect(error?.code == .tooLarge)
        #expect(try sums() == [used, used])
        #expect(try await store.write([block("host", 3)], budget: 10_000) == 2 * used)
    }

    @Test("knows what no coarser block holds yet, also when a block is written again")
    func pending() async throws {
        let store = try await store()
        _ = try await store.write([block("a", 1), block("b", 1)], budget: Self.plenty)
        let whole = MetricBlock(key("a", 0, 60), data: [1], isRolledUp: true)
        _ = try await store.write([whole], rolledUp: [key("a", 1)], budget: Self.plenty)
        #expect(try await store.pending() == [key("b", 1)])
        _ = try await store.write([block("a", 1)], budget: Self.plenty)
        #expect(try await store.pending() == [key("a", 1), key("b", 1)])
        try await store.settle([key("a", 1), key("b", 1)])
        #expect(try await store.pending() == [])
    }

    @Test("forgets by age and by subject, to the byte, and of no other")
    func forgets() async throws {
        let store = try await store()
        let names = ["app/a", "app/ab", "app/", "app/A", "app/a ", "app/a%", "host"]
        for name in names { _ = try await store.write((0..<5).map { block(name, $0) }, budget: Self.plenty) }
        #expect(try await store.forget(resolution: 10, before: 2) == 2 * names.count)
        #expect(try await store.forget(resolution: 11, before: 100) == 0)
        #expect(try await store.forget(subject: Array("app/a".utf8)) == 3)
        #expect(try await store.forget(subject: Array("app/a".utf8)) == 0)
        #expect(
            Set(try await store.newest().map { String(decoding: $0.subject, as: UTF8.self) }) == Set(names.dropFirst()))
        let size = 3 * (names.count - 1) * MetricStore.size(of: 100)
        #expect(try sums() == [size, size])
    }

    @Test("of one host is not touched by another's")
    func hosts() async throws {
        let first = try await store()
        let second = try await store(host: "h")
        _ = try await first.write([block("host", 1)], budget: 1400)
        _ = try await second.write([block("host", 1, bytes: 9)], budget: 1400)
        _ = try await second.write([block("host", 2, bytes: 500)], budget: 1400)
        #expect(try await second.block(key("host", 1)) == nil)
        #expect(try await first.block(key("host", 1)) == block("host", 1))
        _ = try await second.forget(resolution: 10, before: 100)
        #expect(try await first.pending() == [key("host", 1)])
        #expect(try await first.hosts() == ["h", "h1"])
    }

    @Test(
        "gives a block that was changed for a damaged one",
        arguments: ["data = INSERT(data, 3, 1, 'X')", "start = 7", "resolution = 20", "subject = 'app/b'", "data = ''"])
    func damaged(change: String) async throws {
        let store = try await store()
        _ = try await store.write([block("host", 1)], budget: Self.plenty)
        try Scratch.run("UPDATE metric_block SET \(change)")
        var found: [MetricBlock] = []
        for subject in ["host", "app/b"] {
            found += try await store.blocks(of: Array(subject.utf8), resolutions: 1..<100, from: 0, to: 100)
        }
        #expect(found.count == 1 && found.first?.data == nil)
    }

    @Test("adds up anew what others did to the table, when it begins")
    func summed() async throws {
        _ = try await (try await store()).write([block("host", 1), block("host", 2)], budget: Self.plenty)
        try Scratch.run("DELETE FROM metric_block WHERE start = 1", "UPDATE metric_usage SET bytes = 7")
        let used = try await (try await store()).write([block("host", 3)], budget: Self.plenty)
        #expect(used == 2 * MetricStore.size(of: 100))
        #expect(try sums() == [used, used])
    }

    @Test("reads no more rows the longer the history is")
    func bounded() async throws {
        let store = try await store()
        var reads: [Int] = []
        for start in 0..<40 {
            _ = try await store.write((0..<50).map { block("app/\($0)", start) }, budget: Self.plenty)
            try await store.settle(try await store.pending())
            let before = try await store.readRows()
            let used = try await store.write([block("host", start)], budget: Self.plenty)
            _ = try await store.write([block("other", start)], budget: used)
            _ = try await store.pending()
            _ = try await store.block(key("app/7", start))
            _ = try await store.forget(resolution: 10, before: 0)
            _ = try await store.resolutions()
            reads.append(try await store.readRows() - before)
        }
        #expect(reads.last ?? 0 <= 2 * (reads.dropFirst(10).first ?? 0), "\(reads)")
    }
}

extension MetricStore {
    /// Rows that this connection has read so far, of tables and of indexes.
    fileprivate func readRows() throws -> Int {
        try connected { connection in
            var rows = 0
            try connection.query("SHOW SESSION STATUS LIKE 'Handler_read%'") { rows += Int(try $0.text(1)) ?? 0 }
            return rows
        }
    }
}
