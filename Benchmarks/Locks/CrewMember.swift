import MySQL
import Runner
import System

extension Crew {
    /// A member's process: `place` is its number, and the database whose locks it takes, if any.
    static func member(_ stand: Stand, _ place: String) async throws {
        let words = place.split(separator: "/")
        guard let number = words.first.flatMap({ Int($0) }) else { throw Failure(description: "no number: \(place)") }
        let directory = stand.directory + "/crew"
        guard words.count > 1 else {
            let room = try Room(stand.server.endpoint)
            try await room.with { try $0.ping() }
            return try await follow(directory, number) { contest, end in
                try await room.with { connection in
                    var waits: [UInt64] = []
                    repeat { waits.append(try NamedLock.cycle(connection, number, contest)) } while Clock.now < end
                    return waits
                }
            }
        }
        let workload = try Workload(site: try await stand.open(String(words[1])))
        let client = LockClient(workload: workload, session: try await workload.site.bench(), number: number)
        try await follow(directory, number) { contest, end in
            var waits: [UInt64] = []
            repeat { waits.append(try await client.cycle(contest)) } while Clock.now < end
            return waits
        }
        try await workload.end(client.session)
    }

    /// Does what is ordered until nothing more is; the first answer says that it is ready.
    private static func follow(
        _ directory: String, _ number: Int, _ round: (Contest, _ end: UInt64) async throws -> [UInt64]
    ) async throws {
        var turn = 0
        var answer: [UInt64] = []
        while true {
            let text = answer.map(String.init).joined(separator: " ")
            try DurableFile.write(Array(text.utf8), to: "\(directory)/\(number).\(turn)")
            turn += 1
            let words = try order(directory, turn).split(separator: " ")
            guard words.count == 3, let contest = Contest(rawValue: String(words[0])), let start = UInt64(words[1]),
                let end = UInt64(words[2])
            else { return }
            let now = Clock.now
            if start > now { Pause.milliseconds(Int((start - now) / 1_000_000)) }
            let waits = try await round(contest, end)
            answer = [Clock.now] + waits
        }
    }

    /// Waits for an order, as long as there is somebody who may give one.
    private static func order(_ directory: String, _ turn: Int) throws -> String {
        while true {
            if let order = try DurableFile.read("\(directory)/order.\(turn)", limit: 1024) {
                return String(decoding: order, as: UTF8.self)
            }
            guard Directory.contains(directory) else { throw Failure(description: "nobody gives orders any more") }
            Pause.milliseconds(5)
        }
    }
}
