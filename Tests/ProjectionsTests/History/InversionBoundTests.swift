import Events
import Testing

@testable import Projections

@Suite("The bounds of the search for inversions")
struct InversionBoundTests {
    /// A history of made events: nobody checks whether the platform would have allowed it.
    private struct Made {
        var orders = LockOrders()
        private var position = 0

        mutating func add(_ event: Event) {
            position += 1
            orders.fold(Fact(position: position, at: Timestamp(microseconds: position), event: event))
        }

        mutating func take(_ session: String, _ paths: [String]) throws {
            let session = SessionID(session)
            for path in paths {
                let request = RequestID("r\(position)")
                let locks = [try lock("x:\(path)")]
                add(.lockRequested(LockRequested(request: request, session: session, locks: locks)))
                add(.lockGranted(LockGranted(request: request, session: session, locks: locks)))
            }
        }
    }

    @Test("Orders beyond the bound are left out, and that is told")
    func orders() throws {
        var made = Made()
        try made.take("a", (0..<142).map { "/l\($0)" })
        #expect(made.orders.orders.count == LockOrders.maximumOrders && made.orders.isFull)
        #expect(made.orders.inversions().limits == [.orders])
        var fitting = Made()
        try fitting.take("a", (0..<141).map { "/l\($0)" })
        #expect(fitting.orders.orders.count == 9870 && !fitting.orders.isFull)
        #expect(fitting.orders.inversions().limits.isEmpty)
    }

    @Test("Inversions beyond the bound are left out, and that is told", arguments: [0, 1])
    func inversions(more: Int) throws {
        var made = Made()
        for number in 0..<Inversions.maximum + more {
            try made.take("a\(number)", ["/l\(number)", "/m\(number)"])
            try made.take("b\(number)", ["/m\(number)", "/l\(number)"])
        }
        let inversions = made.orders.inversions()
        #expect(inversions.found.count == Inversions.maximum)
        #expect(inversions.limits == (more == 0 ? [] : [.inversions]))
    }

    @Test("A search that would take for ever is ended, and that is told")
    func steps() throws {
        var made = Made()
        // Everybody holds the same beside what differs: all rings are harmless, and there are very many of them.
        for number in 0..<70 {
            for other in 0..<60 where other != number {
                try made.take("s\(number)-\(other)", ["/outer", "/l\(number)", "/l\(other)"])
            }
        }
        let inversions = made.orders.inversions()
        #expect(inversions.found.isEmpty)
        #expect(inversions.limits == [.steps])
    }

    @Test("Of the sessions of an order as many are kept as can matter, and no more")
    func witnesses() {
        func line(_ text: String) -> [SessionID] { text.split(separator: " ").map { SessionID(String($0)) } }
        var witnesses = Witnesses()
        for number in 0..<1000 { witnesses.add(line("root\(number)")) }
        #expect(witnesses.lines.count == InversionSearch.maximumLength)
        var family = Witnesses()
        for number in 0..<1000 { family.add(line("root child\(number) grandchild\(number)")) }
        #expect(family.lines.count == InversionSearch.maximumLength)
        family.add(line("other"))
        family.add(line("other child"))
        #expect(family.lines.count == InversionSearch.maximumLength + 2, "their root may be in everybody's way")
        var few = Witnesses()
        for text in ["a", "a b", "a b", "a b c", "a", "d"] { few.add(line(text)) }
        #expect(few.lines == ["a", "a b", "a b c", "d"].map(line))
    }
}
