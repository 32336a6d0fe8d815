internal import CSystem
internal import Glibc

/// What this machine and this user are called, and what the kernel gives to anybody.
public enum Host {
    /// The node's name (gethostname(2)); "localhost" when the kernel tells none.
    public static var name: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Bytes of a page of memory.
    public static var pageBytes: Int { sysconf(Int32(_SC_PAGESIZE)) }

    /// The effective user id of this process.
    public static var userID: UInt32 { geteuid() }

    /// The login name of a user id; `nil` when the system has no such account. Asks the name services (getpwuid_r(3)), so it
    /// may read files and take a while.
    public static func userName(of uid: UInt32) -> String? {
        account { getpwuid_r(uid, $0, $1, $2, $3) }?.name
    }

    /// User and group ids of a login name with all its groups; `nil` when there is no such account.
    public static func credentials(ofUser name: String) -> Credentials? {
        guard let found = account({ getpwnam_r(name, $0, $1, $2, $3) }) else { return nil }
        var count: Int32 = 256
        var groups = [gid_t](repeating: 0, count: Int(count))
        guard getgrouplist(name, found.gid, &groups, &count) >= 0 else { return nil }
        return Credentials(userID: found.uid, groupID: found.gid, groups: Array(groups.prefix(Int(count))))
    }

    /// Random bytes from the kernel (getrandom(2)), at most 256 at once.
    public static func randomBytes(_ count: Int) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: min(count, 256))
        let got = uninterrupted { cs_random(&bytes, bytes.count) }
        guard got == count else { throw SystemError(errno: errno, "get \(count) random bytes") }
        return bytes
    }

    /// Whether a descriptor (0, 1, 2) is a terminal.
    public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Columns of the terminal behind a descriptor; `nil` when it is none.
    public static func terminalColumns(_ descriptor: Int32) -> Int? {
        let columns = cs_terminal_columns(descriptor)
        return columns > 0 ? Int(columns) : nil
    }

    private typealias Lookup = (
        UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
        UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
    ) -> Int32

    private static func account(_ lookup: Lookup) -> (name: String, uid: uid_t, gid: gid_t)? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        return buffer.withUnsafeMutableBufferPointer { space in
            guard let start = space.baseAddress, lookup(&entry, start, space.count, &found) == 0, found != nil,
                let name = entry.pw_name
            else { return nil }
            return (String(cString: name), entry.pw_uid, entry.pw_gid)
        }
    }
}

/// Whom a program runs as.
public struct Credentials: Sendable, Equatable {
    /// User id, real, effective and saved.
    public let userID: UInt32
    /// Group id, real, effective and saved.
    public let groupID: UInt32
    /// Supplementary groups.
    public let groups: [UInt32]

    /// Ids to run with; becoming somebody else needs root.
    public init(userID: UInt32, groupID: UInt32, groups: [UInt32]) {
        self.userID = userID
        self.groupID = groupID
        self.groups = groups
    }
}
