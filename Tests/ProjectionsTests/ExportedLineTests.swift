import Digest
import Events
import Projections
import Testing

@Suite("A line of an export")
struct ExportedLineTests {
    private static let event = RecordedEvent(
        position: 7, id: "c-1.0", stream: "locks", streamVersion: 3, type: "lock.requested", schema: 1,
        at: Timestamp(microseconds: 1_764_000_000_123_456), actor: "an \"admin\"\n", host: "höst",
        correlation: "c-1", causation: 6,
        payload: Array(
            #"{"locks":[{"mode":"exclusive","path":"/a"}],"reason":"a \"}, b","request":"r","session":"s"}"#.utf8),
        payloadHash: SHA256.hash([1]), hash: SHA256.hash([2]))

    private func line(_ event: RecordedEvent) -> String { view(of: event, for: .administrator).text + "\n" }

    @Test("is the event that was exported, and its fact")
    func same() throws {
        let bytes = Array(line(Self.event).utf8)
        let line = try ExportedLine(bytes, at: 0)
        #expect(line.position == 7)
        #expect(line.end == bytes.count)
        #expect(try line.fact() == Self.event.fact())
    }

    @Test("of a redacted event is what remains of it")
    func redacted() throws {
        let event = Self.event.redacted(to: try Self.event.fact().event.remains)
        let fact = try ExportedLine(Array(line(event).utf8), at: 0).fact()
        #expect(try fact == event.fact())
        #expect(fact.event.payload != Self.event.payload)
    }

    @Test("is found where it begins, and ends behind its newline")
    func places() throws {
        let bytes = Array((line(Self.event) + line(Self.event)).utf8)
        let first = try ExportedLine(bytes, at: 0)
        let second = try ExportedLine(bytes, at: first.end)
        #expect(second.end == bytes.count)
        #expect(try second.fact() == Self.event.fact())
    }

    @Test("may have its fields in any order, and others besides")
    func order() throws {
        let text =
            #"{"more":[1,{"a":null}],"type":"slots.configured","data":{"capacity":2,"path":"/s"},"schema":1,"#
            + #""at":"2026-11-24T02:08:13.123456Z","position":4}"# + "\n"
        let fact = try ExportedLine(Array(text.utf8), at: 0).fact()
        #expect(fact.position == 4)
        #expect(fact.at.description == "2026-11-24T02:08:13.123456Z")
        #expect(fact.event.payload == Array(#"{"capacity":2,"path":"/s"}"#.utf8))
    }

    @Test(
        "that is none is refused",
        arguments: [
            "", "{}\n", "x\n", #"{"position":1}"#, #"{"position":"1"}"# + "\n", #"{"position":1} "# + "\n",
            #"{"position":0}"# + "\n", #"{"position":9223372036854775807}"# + "\n",
        ])
    func broken(_ text: String) {
        #expect(throws: JSONError.self) { _ = try ExportedLine(Array(text.utf8), at: 0) }
    }

    @Test("without what a fact needs says so with its position")
    func incomplete() throws {
        let line = try ExportedLine(Array((#"{"position":3,"type":"lock.granted"}"# + "\n").utf8), at: 0)
        let error = #expect(throws: HistoryError.self) { _ = try line.fact() }
        #expect(error?.position == 3)
    }
}
