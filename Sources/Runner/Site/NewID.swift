public import Events
internal import System

/// Ids made on this host: a time first, so that they lie close together in an index, then random digits.
public enum NewID {
    /// Crockford's base 32, lower case: no letter that looks like a digit.
    private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// 50 bits of time, then 50 random ones. Throws where the kernel gives no random bytes, as all here do.
    public static func command() throws -> CommandID {
        CommandID(time(WallTime.now) + (try random(10)))
    }

    /// Behind the database's id: 50 random bits.
    public static func session(of databaseID: String) throws -> SessionID {
        SessionID("\(databaseID)-\(try random(10))")
    }

    /// 60 random bits.
    public static func request() throws -> RequestID {
        RequestID(try random(12))
    }

    /// 50 random bits; short, because people type it.
    public static func task() throws -> TaskID {
        TaskID(try random(10))
    }

    /// 50 random bits, new for each start of the service.
    public static func runner() throws -> RunnerID {
        RunnerID(try random(10))
    }

    /// A database's own name, which its session ids begin with.
    public static func database() throws -> String {
        try random(6)
    }

    /// 130 random bits that nobody guesses, behind a letter of each kind that a server's policy may ask for.
    static func password() throws -> String {
        "Il0-" + (try random(26))
    }

    /// Five bits a character.
    private static func random(_ length: Int) throws -> String {
        let bytes = try Host.randomBytes(length)
        return String(decoding: bytes.map { digits[Int($0 & 31)] }, as: UTF8.self)
    }

    /// Ten digits of milliseconds: enough until the year 37,000.
    private static func time(_ now: WallTime) -> String {
        var rest = UInt64(max(0, now.microseconds / 1000))
        var text: [UInt8] = []
        for _ in 0..<10 {
            text.append(digits[Int(rest & 31)])
            rest >>= 5
        }
        return String(decoding: text.reversed(), as: UTF8.self)
    }
}
