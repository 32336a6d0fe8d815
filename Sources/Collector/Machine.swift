internal import System

/// What is measured: this machine, or for tests a tree of files in its place.
struct Machine: Sendable {
    /// No file of the kernel's is longer.
    static let maximumFileBytes = 4 << 20

    /// Stands in front of each path; empty for this machine.
    var root = ""
    /// The bytes of a file of the kernel's, one of a few.
    var read: @Sendable (_ path: String) throws(SystemError) -> [UInt8] = { path throws(SystemError) in
        try readFile(path, limit: maximumFileBytes)
    }
    /// The table of mounts there; nil where it is what was read before.
    var mountTable: @Sendable (_ path: String) throws(SystemError) -> [UInt8]? = { path throws(SystemError) in
        try readFile(path, limit: maximumFileBytes)
    }
    /// How full the file system there is; it may never answer.
    var room: @Sendable (_ mount: String) throws(SystemError) -> FileSystemRoom
    /// What is in the directory there, in whose path no link is followed; it may never answer.
    var directory: @Sendable (_ path: String) throws(SystemError) -> DirectoryReader = { path throws(SystemError) in
        try PinnedDirectory(path).reader()
    }
    /// Nil where the kernel does not say.
    var isClockSynchronised: @Sendable () -> Bool?

    /// This machine, for one who measures: each has files of his own open.
    static var this: Machine {
        let (files, table) = (KeptFiles(), WatchedFile("/\(Mounts.path)"))
        return Machine(
            read: { path throws(SystemError) in try files.read(path, limit: maximumFileBytes) },
            mountTable: { _ throws(SystemError) in try table.readIfChanged(limit: maximumFileBytes) },
            room: { mount throws(SystemError) in try FileSystem.room(at: mount) },
            isClockSynchronised: { WallTime.isSynchronised })
    }

    /// Nil where there is nothing.
    func inode(_ path: String) -> UInt64? { FileSystem.inode(of: "\(root)/\(path)") }

    /// Nil where there is none.
    func directory(_ path: String) -> OpenDirectory? { try? OpenDirectory("\(root)/\(path)") }

    /// The samples of a file; nil where there are none to be had.
    func samples(of file: KernelFile) throws(Problem) -> [Sample]? {
        try values(of: file.path, isOptional: file.isOptional) { bytes throws(Malformed) in try file.samples(bytes) }
    }

    /// The same of a file in a directory, of a subject.
    func samples(
        of file: KernelFile, in directory: OpenDirectory, _ subject: Subject, _ identity: Identity
    ) throws(Problem) -> [Sample]? {
        try Self.values(of: file.path, isOptional: file.isOptional) { () throws(SystemError) in
            try directory.read(file.path, limit: Self.maximumFileBytes)
        } parse: { bytes throws(Malformed) in
            try file.samples(bytes, of: subject, identity: identity)
        }
    }

    /// What `parse` makes of a file, which is one of a few; nil where it is optional, and this kernel does not have it or has it switched off.
    func values<Value>(
        of path: String, isOptional: Bool = false, _ parse: ([UInt8]) throws(Malformed) -> Value
    ) throws(Problem) -> Value? {
        try Self.values(
            of: path, isOptional: isOptional,
            read: { () throws(SystemError) in try read("\(root)/\(path)") },
            parse: parse)
    }

    /// The mounted file systems; nil where they are those that were read before.
    func changedMounts() throws(Problem) -> [Mount]? {
        try Self.values(
            of: Mounts.path, isOptional: false,
            read: { () throws(SystemError) in try mountTable("\(root)/\(Mounts.path)") }, parse: Mounts.real)
    }

    private static func values<Value>(
        of path: String, isOptional: Bool, read: () throws(SystemError) -> [UInt8]?,
        parse: ([UInt8]) throws(Malformed) -> Value
    ) throws(Problem) -> Value? {
        let bytes: [UInt8]
        do throws(SystemError) {
            guard let read = try read() else { return nil }
            bytes = read
        } catch {
            if isOptional, error.code == .notFound || error.code == .unsupported { return nil }
            throw Problem(source: "/\(path)", message: error.message)
        }
        do throws(Malformed) {
            return try parse(bytes)
        } catch {
            throw Problem(source: "/\(path)", message: error.words)
        }
    }
}
