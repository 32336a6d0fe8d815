import Testing

@testable import System
@testable import interlock_shim

@Suite struct AttemptRecordTests {
    @Test func `A spec comes back as it went, odd bytes included`() throws {
        var spec = AttemptSpec(
            arguments: [[0xFF, 10, 61], [], Array("end".utf8)],
            environment: Environment(entries: [Array("A==\n".utf8), []]), directory: "/tmp/x y")
        #expect(try AttemptSpec(decoding: spec.encoded()) == spec)
        spec.credentials = Credentials(userID: 5, groupID: 6, groups: [7, 8])
        spec.timeoutMilliseconds = .max
        spec.cgroup = "c"
        #expect(try AttemptSpec(decoding: spec.encoded()) == spec)
        spec.arguments = [[0]]
        #expect(throws: SystemError.self) { try spec.encoded() }
    }

    @Test func `A file that was cut or changed is noticed`() throws {
        let whole = try AttemptSpec(arguments: ["a"].bytes, environment: Environment()).encoded()
        for count in 0..<whole.count {
            #expect(throws: SystemError.self) { try AttemptSpec(decoding: Array(whole.prefix(count))) }
        }
        #expect(throws: SystemError.self) { try ExitRecord(decoding: whole) }
    }

    @Test(arguments: [
        ExitRecord.Cause.exited(255), .signalled(11, coreDumped: true), .notStarted(exitCode: 127),
    ])
    func `An exit record comes back as it went`(cause: ExitRecord.Cause) throws {
        let record = ExitRecord(
            cause: cause, stopOrdered: true, timedOut: false, outOfMemory: true, evidence: "said, with = and\nlines",
            usage: ResourceUsage(cpuMicroseconds: 1, maxResidentBytes: 2), startedAt: nil,
            endedAt: WallTime(microseconds: 3), leftoversKilled: 4, logBytesLost: 5)
        #expect(try ExitRecord(decoding: record.encoded()) == record)
    }

    @Test func `Requests and messages come back as they went`() throws {
        let progress = try #require(TaskProgress(percent: 7, message: "a b"))
        let bare = try #require(TaskProgress(percent: 0, message: ""))
        let requests: [ShimRequest] = [
            .stop(graceMilliseconds: nil), .stop(graceMilliseconds: 0), .kill, .attach, .status, .progress(progress),
            .progress(bare),
        ]
        for request in requests { #expect(ShimRequest(line: request.line) == request) }
        let identity = ProcessIdentity(bootID: "b", pidNamespace: 1, pid: 2, startTicks: 3)
        let messages: [ShimMessage] = [
            .started(identity), .progress(progress), .exited, .state("running"), .refused("no, never"),
        ]
        for message in messages { #expect(ShimMessage(line: message.line) == message) }
        #expect(ShimRequest(line: "") == nil && ShimMessage(line: "started 1 2") == nil)
        #expect(TaskProgress(percent: 101, message: "") == nil)
    }
}

@Suite struct ShimLifeTests {
    private let start = MonotonicTime(nanoseconds: 1)

    private func running(timeout: UInt64? = nil) -> ShimLife {
        var life = ShimLife(graceMilliseconds: 10, timeoutMilliseconds: timeout)
        #expect(life.on(.started, now: start) == .nothing)
        return life
    }

    @Test func `TERM, grace, then everything is killed`() {
        var life = running()
        #expect(life.on(.stopOrdered(graceMilliseconds: 20), now: start) == .terminateGroup)
        #expect(life.on(.timePassed, now: start.advanced(milliseconds: 19)) == .nothing)
        #expect(life.phase == .stopping(until: start.advanced(milliseconds: 20)))
        _ = life.on(.timePassed, now: start.advanced(milliseconds: 20))
        #expect(life.phase == .emptying && life.stopOrdered && !life.timedOut)
    }

    @Test func `A second order only shortens the grace`() {
        var life = running()
        _ = life.on(.stopOrdered(graceMilliseconds: 20), now: start)
        #expect(life.on(.stopOrdered(graceMilliseconds: 500), now: start) == .nothing)
        #expect(life.deadline == start.advanced(milliseconds: 20))
        _ = life.on(.stopOrdered(graceMilliseconds: 5), now: start)
        #expect(life.deadline == start.advanced(milliseconds: 5))
    }

    @Test func `A timeout counts from the start and is no order`() {
        var life = running(timeout: 100)
        #expect(life.on(.timePassed, now: start.advanced(milliseconds: 99)) == .nothing)
        #expect(life.on(.timePassed, now: start.advanced(milliseconds: 100)) == .terminateGroup)
        #expect(life.timedOut && !life.stopOrdered && life.deadline == start.advanced(milliseconds: 110))
    }

    @Test func `An order that comes after the end changes nothing`() {
        var life = running()
        _ = life.on(.mainEnded, now: start)
        #expect(life.on(.stopOrdered(graceMilliseconds: nil), now: start) == .nothing)
        #expect(!life.stopOrdered && life.phase == .emptying)
    }

    @Test func `Nothing is recorded before nothing is left`() {
        var life = running()
        _ = life.on(.recorded, now: start)
        _ = life.on(.nothingLeft, now: start)
        #expect(life.phase == .running)
        _ = life.on(.killOrdered, now: start)
        _ = life.on(.recorded, now: start)
        #expect(life.phase == .emptying)
        _ = life.on(.nothingLeft, now: start)
        #expect(life.phase == .recording)
        _ = life.on(.recorded, now: start)
        #expect(life.phase == .done)
    }
}
