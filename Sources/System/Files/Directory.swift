internal import Glibc

/// Names in directories.
public enum Directory {
    /// More names than these are not listed.
    public static let maximumNames = 65_536

    /// True when there is something at a path, whatever it is; a link counts by itself.
    public static func contains(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// True when there is a directory at a path, or a link to one.
    public static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a directory without `.` and `..`, in no order. Throws when it cannot be read.
    public static func names(in path: String) throws(SystemError) -> [String] { try entries(of: path) { _ in true } }

    /// The names of the directories in a directory, links to some not among them, without `.` and `..`, in no order. Throws when it
    /// cannot be read. Of a file system that does not tell what a name stands for (readdir(3)) there are none.
    ///
    /// - Parameter most: no more are looked for.
    public static func subdirectories(in path: String, atMost most: Int = maximumNames) throws(SystemError) -> [String]
    {
        try entries(of: path, atMost: most) { $0 == UInt8(DT_DIR) }
    }

    private static func entries(
        of path: String, atMost most: Int = maximumNames, _ isWanted: (UInt8) -> Bool
    ) throws(SystemError) -> [String] {
        guard let stream = opendir(path) else { throw SystemError(errno: errno, "read the directory \(path)") }
        defer { closedir(stream) }
        var names: [String] = []
        while names.count < most, let entry = readdir(stream) {
            guard isWanted(entry.pointee.d_type) else { continue }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Renames, within one file system; the new name replaces nothing but a file.
    public static func move(_ path: String, to destination: String) throws(SystemError) {
        guard rename(path, destination) == 0 else {
            throw SystemError(errno: errno, "rename \(path) to \(destination)")
        }
    }

    /// Removes a tree, if there is one. Links are removed, never followed.
    public static func removeTree(_ path: String, depth: Int = 0) throws(SystemError) {
        guard contains(path) else { return }
        if unlink(path) == 0 { return }
        guard depth < maximumDepth else { throw SystemError(.tooLarge, "\(path) is nested too deeply to remove") }
        for name in try names(in: path) { try removeTree("\(path)/\(name)", depth: depth + 1) }
        guard rmdir(path) == 0 else { throw SystemError(errno: errno, "remove \(path)") }
    }

    private static let maximumDepth = 64

    /// Gives a file or directory to another user; root only.
    public static func give(_ path: String, to owner: Credentials) throws(SystemError) {
        guard lchown(path, owner.userID, owner.groupID) == 0 else {
            throw SystemError(errno: errno, "give \(path) to user \(owner.userID)")
        }
    }
}
