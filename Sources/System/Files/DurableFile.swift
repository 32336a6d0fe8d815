internal import Glibc

/// Files that are there after a crash once the call has returned: contents and names are forced to the disk (fsync(2) of the
/// file and of its directory), unless the caller says otherwise. Symbolic links are never followed. Modes are what is asked
/// for, whatever the umask.
public enum DurableFile {
    /// Replaces a file at once: its readers see the old bytes or the new ones, after a crash too.
    ///
    /// - Parameter durably: false for what counts in this boot only, such as who runs: it survives the death of every process,
    ///   costs no waiting for the disk, and may be missing, old or empty after a crash of the host.
    public static func write(
        _ bytes: [UInt8], to path: String, mode: UInt32 = 0o600, owner: FileOwner? = nil, durably: Bool = true
    ) throws(SystemError) {
        try put(try writeAside(bytes, path, mode, owner, durably), at: path)
        if durably { try syncDirectory(of: path) }
    }

    /// Replaces a file at once, as `write` does, and keeps its owner, group and mode; one that is not there is made.
    /// Throws `.permission` for what is no regular file.
    public static func replace(_ path: String, with bytes: [UInt8], modeOfNew mode: UInt32) throws(SystemError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw SystemError(errno: errno, "look at \(path)") }
            return try write(bytes, to: path, mode: mode)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SystemError(.permission, "\(path) is a symbolic link or no regular file")
        }
        // Nobody may read it before it is the owner's.
        let aside = try writeAside(bytes, path, 0o600, nil, true)
        do throws(SystemError) {
            let file = try Descriptor.open(aside, O_WRONLY | O_NOFOLLOW)
            var new = stat()
            guard fstat(file.raw, &new) == 0 else { throw SystemError(errno: errno, "look at \(aside)") }
            if (new.st_uid, new.st_gid) != (status.st_uid, status.st_gid) {
                guard fchown(file.raw, status.st_uid, status.st_gid) == 0 else {
                    throw SystemError(errno: errno, "keep the owner of \(path)")
                }
            }
            guard fchmod(file.raw, status.st_mode & 0o7777) == 0 else {
                throw SystemError(errno: errno, "keep the mode of \(path)")
            }
            try file.sync(path)
        } catch {
            unlink(aside)
            throw error
        }
        try put(aside, at: path)
        try syncDirectory(of: path)
    }

    private static func put(_ aside: String, at path: String) throws(SystemError) {
        guard rename(aside, path) == 0 else {
            let failure = SystemError(errno: errno, "put \(path) in its place")
            unlink(aside)
            throw failure
        }
    }

    /// Makes a file that must not be there yet, with all its bytes at once: of any number of callers exactly one succeeds,
    /// the others throw `.exists`, and nobody ever sees a part of it (link(2)).
    public static func create(
        _ bytes: [UInt8], at path: String, mode: UInt32 = 0o600, owner: FileOwner? = nil
    ) throws(SystemError) {
        let aside = try writeAside(bytes, path, mode, owner, true)
        defer { unlink(aside) }
        guard link(aside, path) == 0 else { throw SystemError(errno: errno, "create \(path)") }
        try syncDirectory(of: path)
    }

    /// Adds bytes to the end of a file, which is made where it is missing. Not all or nothing: a crash may keep a part.
    public static func append(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o600) throws(SystemError) {
        let isNew = access(path, F_OK) != 0
        let file = try Descriptor.open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, mode: mode)
        try file.write(bytes)
        try file.sync(path)
        if isNew { try syncDirectory(of: path) }
    }

    /// Opens a log to append to, made where it is missing; its bytes are not forced to the disk.
    public static func openLog(_ path: String, owner: FileOwner? = nil) throws(SystemError) -> Descriptor {
        let file = try Descriptor.open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW)
        if let owner { try file.give(to: owner, path) }
        return file
    }

    /// Reads a file of at most `limit` bytes; `nil` when it is not there. Throws `.unsupported` for what is no regular file: a
    /// pipe that somebody put in its place makes nobody wait.
    public static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8]? {
        do throws(SystemError) {
            let file = try Descriptor.readingFile(path, followsLinks: false)
            return try readAll(file.raw, path, limit: limit)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    /// Makes a directory with exactly this mode, durably. One that is there stays as it is; its parent must exist.
    public static func makeDirectory(_ path: String, mode: UInt32 = 0o700) throws(SystemError) {
        guard mkdir(path, mode) == 0 else {
            guard errno == EEXIST else { throw SystemError(errno: errno, "make the directory \(path)") }
            return
        }
        guard chmod(path, mode) == 0 else { throw SystemError(errno: errno, "set the mode of \(path)") }
        try syncDirectory(of: path)
    }

    /// Makes a directory and those above it that are missing, all with `mode`.
    public static func makeDirectories(_ path: String, mode: UInt32) throws(SystemError) {
        var made = ""
        for part in path.split(separator: "/") {
            made += "/" + part
            if !Directory.contains(made) { try makeDirectory(made, mode: mode) }
        }
    }

    /// Removes a file durably; one that is not there is no error.
    public static func remove(_ path: String) throws(SystemError) {
        guard unlink(path) == 0 else {
            guard errno == ENOENT else { throw SystemError(errno: errno, "remove \(path)") }
            return
        }
        try syncDirectory(of: path)
    }

    /// Writes, and forces if asked to, a new file beside `path`, and returns its name. It begins with a dot: a program that reads
    /// every file of a directory passes over what a crash left there.
    private static func writeAside(
        _ bytes: [UInt8], _ path: String, _ mode: UInt32, _ owner: FileOwner?, _ durably: Bool
    ) throws(SystemError) -> String {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        let aside = "\(path.dropLast(name.count)).\(name).\(try asideSuffix())"
        let file = try Descriptor.open(aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
        do throws(SystemError) {
            guard fchmod(file.raw, mode) == 0 else { throw SystemError(errno: errno, "set the mode of \(path)") }
            if let owner { try file.give(to: owner, path) }
            try file.write(bytes)
            if durably { try file.sync(path) }
        } catch {
            unlink(aside)
            throw error
        }
        return aside
    }

    /// What a name has at its end that nobody else uses.
    static func asideSuffix() throws(SystemError) -> String {
        try Host.randomBytes(8).map { String($0, radix: 16) }.joined() + ".new"
    }

    static func syncDirectory(of path: String) throws(SystemError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let parent = parts.isEmpty ? "." : parts.joined(separator: "/")
        try Descriptor.open(parent.isEmpty ? "/" : parent, O_RDONLY | O_DIRECTORY).sync(parent)
    }
}

/// Whom a file belongs to; giving one away needs root.
public struct FileOwner: Sendable, Equatable {
    /// User id.
    public let userID: UInt32
    /// Group id.
    public let groupID: UInt32
    /// True in a directory that only the owner and this process's user may enter (`AccessList`): what is made there is not
    /// given to the owner, but open to both.
    public let isShared: Bool

    /// A user with his own group.
    public init(_ credentials: Credentials) {
        self.init(userID: credentials.userID, groupID: credentials.groupID)
    }

    init(userID: UInt32, groupID: UInt32, isShared: Bool = false) {
        self.userID = userID
        self.groupID = groupID
        self.isShared = isShared
    }

    /// The owner of a file or directory.
    public static func of(_ path: String) throws(SystemError) -> FileOwner {
        var status = stat()
        guard stat(path, &status) == 0 else { throw SystemError(errno: errno, "look at \(path)") }
        return FileOwner(userID: status.st_uid, groupID: status.st_gid)
    }
}

extension Descriptor {
    /// Forces a file's or directory's bytes to the disk (fsync(2)); `path` is for the message.
    public borrowing func sync(_ path: String) throws(SystemError) {
        guard fsync(raw) == 0 else { throw SystemError(errno: errno, "force \(path) to the disk") }
    }

    /// Gives the file to an owner, unless it is his, or opens it to him too where both share the directory.
    borrowing func give(to owner: FileOwner, _ path: String) throws(SystemError) {
        var status = stat()
        if fstat(raw, &status) == 0, status.st_uid == owner.userID { return }
        guard !owner.isShared else {
            guard fchmod(raw, 0o666) == 0 else {
                throw SystemError(errno: errno, "open \(path) to user \(owner.userID)")
            }
            return
        }
        guard fchown(raw, owner.userID, owner.groupID) == 0 else {
            throw SystemError(errno: errno, "give \(path) to user \(owner.userID)")
        }
    }
}
