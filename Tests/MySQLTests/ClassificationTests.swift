import Testing

@testable import MySQL

@Suite("An error number")
struct ClassificationTests {
    @Test(
        "has one meaning and one consequence",
        arguments: [
            (1213, MySQLError.Code.deadlock, MySQLError.Consequence.retryTransaction),
            (1205, .lockWaitTimeout, .retryTransaction), (1020, .conflict, .retryTransaction),
            (1040, .tooManyConnections, .retryTransaction), (1047, .notReady, .retryTransaction),
            (3101, .conflict, .retryTransaction), (2006, .connectionLost, .outcomeUnknown),
            (2013, .connectionLost, .outcomeUnknown), (1053, .connectionLost, .outcomeUnknown),
            (1927, .connectionLost, .outcomeUnknown), (4031, .connectionLost, .outcomeUnknown),
            (2002, .unreachable, .giveUp), (2003, .unreachable, .giveUp), (1045, .accessDenied, .giveUp),
            (1044, .accessDenied, .giveUp), (1698, .accessDenied, .giveUp), (1142, .accessDenied, .giveUp),
            (1227, .accessDenied, .giveUp), (1049, .unknownDatabase, .giveUp), (1062, .duplicate, .giveUp),
            (1290, .readOnly, .giveUp), (1792, .readOnly, .giveUp), (1836, .readOnly, .giveUp),
            (3100, .readOnly, .giveUp), (1114, .diskFull, .giveUp), (1021, .diskFull, .giveUp),
            (3024, .timedOut, .giveUp), (1969, .timedOut, .giveUp), (1146, .noSuchTable, .giveUp),
            (1153, .tooLarge, .giveUp), (1064, .server, .giveUp),
        ] as [(UInt32, MySQLError.Code, MySQLError.Consequence)])
    func meaning(errno: UInt32, code: MySQLError.Code, consequence: MySQLError.Consequence) {
        let found = MySQLError.classify(errno, "", .connected)
        #expect(found == (code, consequence))
    }

    @Test("means nothing was sent as long as there is no connection", arguments: [2006, 2013, 1053] as [UInt32])
    func connecting(errno: UInt32) {
        #expect(MySQLError.classify(errno, "", .connecting) == (.unreachable, .giveUp))
    }

    @Test("of the storage engine tells a full disk from other trouble")
    func diskFull() {
        let full = "Got error 28 \"No space left on device\" from storage engine InnoDB"
        #expect(MySQLError.classify(1030, full, .connected).0 == .diskFull)
        #expect(MySQLError.classify(1030, "Got error 5 from storage engine", .connected).0 == .server)
    }

    @Test("makes a sentence with what to do")
    func description() {
        let error = MySQLError(
            errno: 1049, sqlState: "42000", message: "Unknown database 'x'", doing: "cannot connect to mysql://u@h/x",
            phase: .connecting)
        #expect(
            "\(error)"
                == "cannot connect to mysql://u@h/x: Unknown database 'x' (error 1049, SQLSTATE 42000); "
                + "create the database first")
    }
}

@Suite("A civil time")
struct CivilTimeTests {
    @Test(
        "is microseconds since 1970 and back",
        arguments: [
            (0, CivilTime(year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, microsecond: 0)),
            (-1, CivilTime(year: 1969, month: 12, day: 31, hour: 23, minute: 59, second: 59, microsecond: 999_999)),
            (
                951_782_400_000_001,
                CivilTime(year: 2000, month: 2, day: 29, hour: 0, minute: 0, second: 0, microsecond: 1)
            ),
            (
                253_402_300_799_999_999,
                CivilTime(year: 9999, month: 12, day: 31, hour: 23, minute: 59, second: 59, microsecond: 999_999)
            ),
        ] as [(Int64, CivilTime)])
    func roundTrip(microseconds: Int64, time: CivilTime) {
        #expect(CivilTime(microseconds: microseconds) == time)
        #expect(time.microseconds == microseconds)
    }

    @Test("survives every day from 1600 to 2400 both ways")
    func everyDay() throws {
        let day = CivilTime.secondsPerDay * CivilTime.microsecondsPerSecond
        for days in Int64(-135_140)...157_000 {
            let time = try #require(CivilTime(microseconds: days * day))
            guard time.microseconds == days * day, time.hour == 0 else {
                Issue.record("day \(days) became \(time)")
                return
            }
        }
    }

    @Test("ends with the year 9999")
    func bounds() {
        #expect(CivilTime(microseconds: 253_402_300_800_000_000) == nil)
        #expect(CivilTime(microseconds: .min) == nil)
    }
}
