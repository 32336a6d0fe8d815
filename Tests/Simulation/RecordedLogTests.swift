import Digest
import Events
import Foundation
import LogChecking
import Projections
import Testing

@testable import Histories

/// `INTERLOCK_RECORD=1 swift test --filter RecordedLogTests` records what is not kept yet, and overwrites nothing.
@Suite("Recorded logs")
struct RecordedLogTests {
    @Test("replay to the states to which they once replayed")
    func replay() throws {
        for recording in try Recording.all() {
            let kept = try Recording.lines(of: recording.states)
            // Only what was recorded is compared: a part of the state that came later is in no older file.
            let places = try kept.map(Place.init)
            let events = try recording.events()
            let replayed = try Recording.replay(events, at: Set(places.map(\.position))) { platform, position in
                let restored = try Self.restored(platform)
                return places.filter { $0.position == position }.map { place in
                    let state = Recording.state(platform, place.part, position)
                    #expect(Recording.state(restored, place.part, position) == state, "\(recording), as stored")
                    return state
                }
            }
            #expect(replayed.count == kept.count, "\(recording)")
            for (now, once) in zip(replayed, kept) { #expect(now == once, "\(recording)") }
            #expect(places.last?.position == events.last?.position, "\(recording): its end is not among the states")
        }
    }

    /// The same by way of what is stored.
    private static func restored(_ platform: Platform) throws -> Platform {
        var stored: [String: [UInt8]] = [:]
        for name in Platform.projectionNames { stored[name] = platform.encodeProjection(name) }
        return try Platform(projections: stored)
    }

    /// Where a kept state belongs.
    private struct Place {
        var part: String
        var position: Position

        init(_ line: String) throws {
            (part, position) = try JSONReader.read(Array(line.utf8)) { reader throws(JSONError) in
                try reader.object { reader throws(JSONError) in try (reader.string("part"), reader.int("position")) }
            }
        }
    }

    @Test("are read and hashed as they were written")
    func chain() throws {
        for recording in try Recording.all() {
            var previous = RecordedEvent.genesis
            for (event, line) in zip(try recording.events(), try Recording.lines(of: recording.log)) {
                #expect(event.exported.text == line)
                #expect(event.remains != nil || SHA256.hash(event.payload ?? []) == event.payloadHash)
                #expect(event.chained(to: previous) == event.hash)
                previous = event.hash
            }
        }
    }

    @Test("hold what the checker reads from the design")
    func hold() throws {
        try expectHolds(try Recording.all().map { try Recording.lines(of: $0.log) })
    }

    @Test("have every type of event among them")
    func everyType() throws {
        let types = Set(try Recording.all().flatMap { try $0.events().map(\.type) })
        #expect(types.isSuperset(of: Event.Kind.allCases.map(\.rawValue)))
    }

    @Test("are small")
    func small() throws {
        for recording in try Recording.all() {
            for file in [recording.log, recording.states] {
                #expect(try Data(contentsOf: file).count <= Recording.byteLimit, "\(file.lastPathComponent)")
            }
        }
    }
}
