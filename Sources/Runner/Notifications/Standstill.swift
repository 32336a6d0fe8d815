internal import EventStore
internal import Events
internal import Projections
internal import System

/// Since when followers stand before an event that they have not dealt with, as this process has seen it: neither a clock that is
/// set nor a runner that was away for long, and has just begun to read, is taken for one that is stuck.
struct Standstill {
    /// Who stands for so long is stuck.
    static let patience = Duration.seconds(300)

    private var seen: [String: (position: Position, since: MonotonicTime)] = [:]

    /// Looks at all of them; one that is no more is forgotten.
    mutating func look(at followers: [FollowerStanding], _ now: MonotonicTime) -> [Lookout.Condition] {
        var next: [String: (position: Position, since: MonotonicTime)] = [:]
        let conditions = followers.compactMap { follower -> Lookout.Condition? in
            var finding: Lookout.Finding?
            if let waitingSince = follower.waitingSince {
                let before = seen[follower.name]
                let known = before.flatMap { $0.position == follower.position ? $0 : nil }
                let place = known ?? (follower.position, now)
                next[follower.name] = place
                if place.since.advanced(by: Self.patience) <= now {
                    finding = Self.finding(follower, waitingSince)
                } else if before?.position ?? follower.position == follower.position {
                    // It has not come on, as far as this process has seen: what another one said of it stands.
                    return nil
                }
            }
            return Lookout.Condition(kind: .followerStuck, subject: follower.name, finding: finding)
        }
        seen = next
        return conditions
    }

    private static func finding(_ follower: FollowerStanding, _ since: Timestamp) -> Lookout.Finding {
        Lookout.Finding(
            title: "\(follower.name) has not dealt with an event since \(since)",
            body: "It stands at position \(follower.position).\nSee: interlock log stats, interlock reaction list, and "
                + "interlock doctor on its host")
    }
}
