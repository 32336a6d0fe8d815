import Events

/// What hosts run by themselves, and reactions that failed.
extension Platform {
    /// A clock that was set back further than this was set right (as cron(8) has it): its moments count anew.
    public static let largestClockStep = 3 * 3_600_000_000
    /// The most events that one reaction has parked; it stands still then.
    public static let maximumParked = 1000

    mutating func configureSchedules(
        _ schedules: [String: String], _ host: String, _ now: Timestamp, _ draft: inout Draft
    ) throws -> Reply {
        let before = tasks.schedules.entries(on: host)
        for (type, schedule) in schedules.sorted(by: { $0.key < $1.key }) where before[type]?.schedule != schedule {
            try emit(
                .scheduleConfigured(
                    ScheduleConfigured(host: host, type: type, schedule: schedule, from: now.writable)), &draft)
        }
        for type in before.keys.sorted() where schedules[type] == nil {
            try emit(
                .scheduleConfigured(ScheduleConfigured(host: host, type: type, schedule: nil, from: now.writable)),
                &draft)
        }
        return .configured
    }

    /// False for a run of a moment up to which the type ran before. A recorded moment that lies far ahead of it was told by
    /// a clock that has been set right since.
    func isNew(_ run: ScheduledRun, of type: String) -> Bool {
        guard let last = tasks.schedules.entry(type, on: run.host)?.last else { return false }
        return run.at > last || last.microseconds - run.at.microseconds > Self.largestClockStep
    }

    mutating func park(_ data: ReactionParked, _ runner: RunnerID, _ draft: inout Draft) throws -> Reply {
        guard tasks.runner(runner) != nil else {
            throw Refusal(.noSuchRunner, "Runner \(runner) is not registered any more.")
        }
        let parked = tasks.reactions.parked(of: data.reaction)
        guard !parked.contains(where: { $0.position == data.position }) else { return .done }
        guard parked.count < Self.maximumParked else {
            throw Refusal(
                .tooMany, "Reaction \(data.reaction) has \(Self.maximumParked) events parked.",
                hint: "Mend the cause, then: interlock reaction retry \(data.reaction)")
        }
        var data = data
        data.problem = String(decoding: data.problem.utf8.prefix(Self.maximumText), as: UTF8.self)
        try emit(.reactionParked(data), &draft)
        return .done
    }

    mutating func retryReaction(_ name: String, _ by: String, _ draft: inout Draft) throws -> Reply {
        let positions = tasks.reactions.parked(of: name).map(\.position)
        guard !positions.isEmpty else { return .retried([]) }
        try emit(.reactionRetried(ReactionRetried(reaction: name, by: by, positions: positions)), &draft)
        return .retried(positions)
    }
}
