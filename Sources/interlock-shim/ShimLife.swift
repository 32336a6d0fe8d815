import System

/// The shim's life as a value: events go in, the one thing to do at once comes out, and the phase says what is to be done
/// from now on. It reads no clock and touches nothing.
///
/// Starting → Running → Stopping → Emptying → Recording → Done. Whatever ends the main process leads through Emptying, where
/// everything of the attempt is killed, so the exit record is never written while anything lives.
struct ShimLife {
    enum Phase: Equatable {
        case starting
        case running
        case stopping(until: MonotonicTime)
        case emptying
        case recording
        case done
    }

    enum Event {
        case started
        case notStarted
        case stopOrdered(graceMilliseconds: UInt64?)
        case killOrdered
        case timePassed
        case mainEnded
        case nothingLeft
        case recorded
    }

    enum Effect: Equatable {
        case nothing
        case terminateGroup
    }

    private(set) var phase = Phase.starting
    private(set) var stopOrdered = false
    private(set) var timedOut = false
    private var timeoutAt: MonotonicTime?
    private let graceMilliseconds: UInt64
    private let timeoutMilliseconds: UInt64?

    init(graceMilliseconds: UInt64, timeoutMilliseconds: UInt64?) {
        self.graceMilliseconds = graceMilliseconds
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// When `timePassed` is due.
    var deadline: MonotonicTime? {
        switch phase {
        case .running: timeoutAt
        case .stopping(let until): until
        default: nil
        }
    }

    /// What an event leads to. Events that come too late lead to nothing.
    mutating func on(_ event: Event, now: MonotonicTime) -> Effect {
        switch (phase, event) {
        case (.starting, .started):
            phase = .running
            timeoutAt = timeoutMilliseconds.map { now.advanced(milliseconds: $0) }
            return .nothing
        case (.starting, .notStarted):
            phase = .recording
            return .nothing
        case (.running, .stopOrdered(let grace)):
            stopOrdered = true
            phase = .stopping(until: now.advanced(milliseconds: grace ?? graceMilliseconds))
            return .terminateGroup
        case (.stopping(let until), .stopOrdered(let grace)):
            stopOrdered = true
            phase = .stopping(until: min(until, now.advanced(milliseconds: grace ?? graceMilliseconds)))
            return .nothing
        case (.running, .killOrdered), (.stopping, .killOrdered):
            stopOrdered = true
            phase = .emptying
            return .nothing
        case (.running, .timePassed):
            guard let timeoutAt, timeoutAt <= now else { return .nothing }
            timedOut = true
            phase = .stopping(until: now.advanced(milliseconds: graceMilliseconds))
            return .terminateGroup
        case (.stopping(let until), .timePassed):
            if until <= now { phase = .emptying }
            return .nothing
        case (.running, .mainEnded), (.stopping, .mainEnded):
            phase = .emptying
            return .nothing
        case (.emptying, .nothingLeft):
            phase = .recording
            return .nothing
        case (.recording, .recorded):
            phase = .done
            return .nothing
        default:
            return .nothing
        }
    }

    /// The phase's name, for `status`.
    var name: String {
        switch phase {
        case .starting: "starting"
        case .running: "running"
        case .stopping: "stopping"
        case .emptying: "emptying"
        case .recording: "recording"
        case .done: "done"
        }
    }
}
