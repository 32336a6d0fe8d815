import System

extension Etcd {
    /// `clients` that each call, wait for the answer and call again, until the time is up. A lap is `steps` calls.
    static func load(
        port: UInt16, clients: Int, seconds: Double, steps: Int = 1,
        _ call: (_ client: Int, _ turn: Int, _ step: Int) -> EtcdCall
    ) throws -> Round {
        struct Client {
            var number: Int
            var turn = 0
            var step = 0
            var laps: Laps
        }
        let etcd = try Etcd(port: port)
        let start = MonotonicTime.now.nanoseconds
        let end = start + UInt64(seconds * 1e9)
        var active: [UInt32: Client] = [:]
        for number in 0..<clients {
            active[etcd.send(call(number, 0, 0))] = Client(number: number, laps: Laps(until: end))
        }
        var whole = Round()
        while !active.isEmpty {
            try etcd.receive { stream, _ in
                guard var client = active.removeValue(forKey: stream) else { return }
                client.step += 1
                if client.step == steps {
                    (client.step, client.turn) = (0, client.turn + 1)
                    guard client.laps.lap() else { return whole.add(client.laps.round) }
                }
                active[etcd.send(call(client.number, client.turn, client.step))] = client
            }
        }
        whole.seconds = Double(MonotonicTime.now.nanoseconds - start) / 1e9
        return whole
    }
}
