import Events
import Seeds
import Testing

@Suite("Events")
struct EventTests {
    @Test("Every event comes back from its payload as it was", arguments: Event.Kind.allCases)
    func roundTrip(_ kind: Event.Kind) throws {
        var random = Random(seed: 7)
        for _ in 0..<300 {
            let event = Event.random(kind, &random)
            let back = try Event(kind: kind, schema: kind.schema, payload: event.payload)
            #expect(back == event)
            #expect(back.payload == event.payload)
        }
    }

    @Test("A field that this program does not know is passed over", arguments: Event.Kind.allCases)
    func unknownFields(_ kind: Event.Kind) throws {
        var random = Random(seed: 9)
        let event = Event.random(kind, &random)
        for name in ["A", "zz"] {
            let inner = String(decoding: event.payload.dropFirst().dropLast(), as: UTF8.self)
            let unknown = "\"\(name)\":{\"x\":[1,\"}\"]}"
            let payload = name == "A" ? "{\(unknown),\(inner)}" : "{\(inner),\(unknown)}"
            #expect(try Event(kind: kind, schema: 1, payload: Array(payload.utf8)) == event)
        }
    }

    @Test("A newer schema is refused")
    func schema() {
        #expect(throws: JSONError.self) { try Event(kind: .lockGranted, schema: 2, payload: Array("{}".utf8)) }
    }

    @Test("A payload as the contract writes it")
    func payload() throws {
        let path = try #require(LockPath("/app/blog"))
        let event = Event.lockGranted(
            LockGranted(request: RequestID("r"), session: SessionID("s"), locks: [Lock(path, .shared)]))
        #expect(
            String(decoding: event.payload, as: UTF8.self)
                == #"{"locks":[{"mode":"shared","path":"/app/blog"}],"request":"r","session":"s"}"#)
        #expect(event.stream == "locks" && event.kind.rawValue == "lock.granted")
    }
}
