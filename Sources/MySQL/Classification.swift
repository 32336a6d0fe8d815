/// The one place that tells error numbers apart.
///
/// Numbers below 2000 are the server's (both servers share those), 2000 to 2999 the client library's, 3000 and above
/// differ: MySQL's error reference and MariaDB's knowledge base list them. The server's own headers are not used for the
/// numbers because each server's lacks some of the other's.
extension MySQLError {
    /// When an error happened: before the connection stood, nothing can have been done.
    enum Phase {
        case connecting, connected
    }

    /// An error as the client library reports it. `doing` says what was being done, for the message.
    init(errno: UInt32, sqlState: String, message: String, doing: String, phase: Phase) {
        let (code, consequence) = Self.classify(errno, message, phase)
        self.init(
            code: code, message: "\(doing): \(message)", errno: errno, sqlState: sqlState, consequence: consequence)
    }

    /// True when the connection cannot be used any more.
    var endsConnection: Bool { code == .connectionLost || errno == 1153 }

    /// True when the server may not know the prepared statement any more, or know it with other columns.
    var mayEndStatement: Bool { code == .server || errno == 2057 }

    static func classify(_ errno: UInt32, _ message: String, _ phase: Phase) -> (Code, Consequence) {
        if let transaction = classifyTransaction(errno) { return transaction }
        switch errno {
        // Lost: server gone (2006, 2013, 2055), shutting down (1053, 1077, 1079), killed (1927, 3169), idle for too
        // long (4031), packets broken or out of order (2014, 2027, 1152 to 1161), TLS broken (2026), commit failed (1180).
        case 2026 where phase == .connecting:
            return (.tls, .giveUp)
        case 3159:
            return (.tls, .giveUp)
        case 2002, 2003, 2004, 2005, 2009:
            return (.unreachable, .giveUp)
        case 2006, 2013, 2055, 1053, 1077, 1079, 1927, 3169, 4031, 2014, 2026, 2027, 1152, 1154...1161, 1180:
            return phase == .connecting ? (.unreachable, .giveUp) : (.connectionLost, .outcomeUnknown)
        case 1044, 1045, 1142, 1143, 1227, 1370, 1698, 1820, 1862, 2059, 2061, 3118, 3955, 4151:
            return (.accessDenied, .giveUp)
        case 1049:
            return (.unknownDatabase, .giveUp)
        case 1062, 1586:
            return (.duplicate, .giveUp)
        case 1146:
            return (.noSuchTable, .giveUp)
        // read_only options (1290, 1836), READ ONLY transaction (1792), group replication member offline (3100).
        case 1290, 1792, 1836, 3100:
            return (.readOnly, .giveUp)
        case 1021, 1114:
            return (.diskFull, .giveUp)
        // ENOSPC of the operating system inside the storage engine's own error.
        case 3, 1026, 1030:
            let full =
                message.contains("rror 28 ") || message.contains("errno: 28 ") || message.contains("No space left")
            return (full ? .diskFull : .server, .giveUp)
        case 1317, 1969, 3024:
            return (.timedOut, .giveUp)
        case 1153, 1301, 1406, 2020:
            return (.tooLarge, .giveUp)
        default:
            return (.server, .giveUp)
        }
    }

    /// Errors after which the whole transaction is tried again.
    private static func classifyTransaction(_ errno: UInt32) -> (Code, Consequence)? {
        switch errno {
        case 1213: (.deadlock, .retryTransaction)
        case 1205, 3572: (.lockWaitTimeout, .retryTransaction)
        case 1020, 2057, 3101: (.conflict, .retryTransaction)
        case 1040, 1203, 1637: (.tooManyConnections, .retryTransaction)
        case 1047: (.notReady, .retryTransaction)
        default: nil
        }
    }
}
