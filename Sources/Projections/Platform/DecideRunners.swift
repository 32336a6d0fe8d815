import Events

/// Runners: register, retire.
extension Platform {
    mutating func registerRunner(_ registration: RunnerRegistration, _ draft: inout Draft) throws -> Reply {
        guard tasks.runner(registration.runner) == nil else {
            throw Refusal(.hostHasRunner, "Runner \(registration.runner) is registered.")
        }
        let seat = try seat(of: registration.holder)
        guard tasks.runner(of: seat.session) == nil else {
            throw Refusal(.hostHasRunner, "Session \(seat.session) is a registered runner already.")
        }
        guard (seat.opened?.host ?? locks.session(seat.session)?.host) == registration.host else {
            throw Refusal(.invalid, "A runner serves the host that it runs on.")
        }
        let other = tasks.runner(on: registration.host)
        if let other { try check(registration.predecessor, of: other, seat) }

        if let other {
            try giveBack(other.session, .sessionEnded, &draft)
            try emit(.runnerRetired(RunnerRetired(runner: other.id, cause: .dead)), &draft)
        }
        try take(seat, &draft)
        try emit(
            .runnerRegistered(
                RunnerRegistered(runner: registration.runner, host: registration.host, session: seat.session)), &draft)
        // Last, so that no parent of the new one's session closes with the old one.
        if other != nil, let death = registration.predecessor { try close(death, &draft) }
        try settle(&draft)
        for record in tasks.unfinished where record.phase == .queued && record.order.locks.isEmpty {
            guard locks.session(of: record.id)?.host == registration.host else { continue }
            try claim(record.id, &draft)
        }
        return .registered(registration.runner)
    }

    /// A registered runner gives way to proof of its death only.
    private func check(_ death: SessionEnded?, of runner: Runner, _ seat: Seat) throws {
        guard let death, death.session == runner.session, death.session != seat.session else {
            throw Refusal(
                .hostHasRunner, "Runner \(runner.id) is registered for \(runner.host).",
                hint: "Stop the other service first; a dead one is replaced without asking.")
        }
        guard locks.session(death.session)?.task == nil else {
            throw Refusal(.hostHasRunner, "Runner \(runner.id) is a task: only its own runner ends it.")
        }
    }

    mutating func retireRunner(
        _ id: RunnerID, _ cause: RunnerRetired.Cause, _ draft: inout Draft
    ) throws -> Reply {
        guard let runner = tasks.runner(id) else {
            throw Refusal(.noSuchRunner, "Runner \(id) is not registered any more.")
        }
        try emit(.runnerRetired(RunnerRetired(runner: id, cause: cause)), &draft)
        try closeIfIdle(runner.session, &draft)
        try settle(&draft)
        return .retired
    }
}
