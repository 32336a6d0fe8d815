import Events

/// A deadlock as a viewer may see it, for its pictures: what the field lists keep from him is not in it any more.
extension DeadlockStory {
    func seen(by viewer: Viewer) -> DeadlockStory {
        let onlooker = Onlooker(viewer).before(self)
        let words = storyFields.shows("inevitableBy", to: onlooker) ? inevitable.difference : ""
        var seen = self
        seen.inevitable = ReplayStep(
            position: inevitable.position, at: inevitable.at, kind: inevitable.kind, difference: words,
            subject: inevitable.subject)
        seen.lanes = lanes.map { lane in
            let onlooker = onlooker.before(lane)
            return Lane(
                party: lane.party.seen(by: onlooker), asked: lane.asked,
                besides: lane.besides.map { $0.seen(by: onlooker) })
        }
        seen.deadlock.refused.cycle = seen.lanes.map(\.party)
        return seen
    }
}

extension DeadlockParty {
    fileprivate func seen(by onlooker: Onlooker) -> DeadlockParty {
        let onlooker = onlooker.before(self)
        var seen = self
        seen.holder = holder.seen(by: onlooker)
        seen.holds = holds?.seen(by: onlooker)
        if case .lock(let lock, let position, _) = wants, !wantFields.shows("reason", to: onlooker) {
            seen.wants = .lock(lock, position: position, reason: nil)
        }
        return seen
    }
}

extension DeadlockParty.Holder {
    fileprivate func seen(by onlooker: Onlooker) -> DeadlockParty.Holder {
        let onlooker = onlooker.before(self)
        func kept<Value>(_ value: Value?, _ field: String) -> Value? {
            partyHolderFields.shows(field, to: onlooker) ? value : nil
        }
        return DeadlockParty.Holder(
            host: kept(host, "host"), label: kept(label, "label"), pid: kept(pid, "pid"),
            program: kept(program, "program"), task: kept(task, "task"), user: kept(user, "user"))
    }
}

extension DeadlockParty.Holding {
    fileprivate func seen(by onlooker: Onlooker) -> DeadlockParty.Holding {
        var seen = self
        if !holdingFields.shows("reason", to: onlooker.before(self)) { seen.reason = nil }
        return seen
    }
}
