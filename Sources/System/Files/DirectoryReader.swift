internal import CSystem
internal import Glibc

/// What the kernel knows of a file. Counts that are too large for us are the largest number.
public struct FileStatus: Sendable, Hashable {
    /// Of the file system.
    public let device: UInt64
    /// Tells it from all others of its file system.
    public let inode: UInt64
    /// Names that it has.
    public let links: Int
    /// From its beginning to its end, holes included.
    public let bytes: Int
    /// What it takes on the disk.
    public let allocatedBytes: Int
    /// A symbolic link to one is none.
    public let isDirectory: Bool
    /// Something is mounted there. Kernels before 5.8 do not say.
    public let isMount: Bool

    /// To compare with.
    public init(
        device: UInt64, inode: UInt64, links: Int = 1, bytes: Int = 0, allocatedBytes: Int = 0,
        isDirectory: Bool = false, isMount: Bool = false
    ) {
        (self.device, self.inode, self.links) = (device, inode, links)
        (self.bytes, self.allocatedBytes) = (bytes, allocatedBytes)
        (self.isDirectory, self.isMount) = (isDirectory, isMount)
    }

    /// Of a name in an open directory; "" is itself. Nil, with errno, where it cannot be had.
    init?(_ name: UnsafePointer<CChar>, in directory: Int32) {
        var status = cs_status()
        guard cs_look_at(directory, name, &status) == 0 else { return nil }
        let (allocated, isTooLarge) = Int(clamping: status.blocks).multipliedReportingOverflow(by: 512)
        self.init(
            device: status.device, inode: status.inode, links: Int(clamping: status.links),
            bytes: Int(clamping: status.bytes), allocatedBytes: isTooLarge ? .max : allocated,
            isDirectory: status.is_directory != 0, isMount: status.is_mount != 0)
    }
}

/// An open directory that is read name by name. What is below it is opened through it, so it stays in its tree whatever others rename,
/// and no symbolic link is followed. A path comes from `PinnedDirectory`.
public final class DirectoryReader: @unchecked Sendable {
    // Unchecked: one thread at a time uses it, which is its owner's to see to.

    /// A directory in another one.
    public struct Subdirectory: Sendable, Hashable {
        /// As it was when it was found.
        public let status: FileStatus
        /// With a zero at the end.
        let name: [CChar]

        /// To compare with.
        public init(_ name: String, _ status: FileStatus) {
            (self.name, self.status) = (Array(name.utf8CString), status)
        }

        init(copying name: UnsafePointer<CChar>, _ status: FileStatus) {
            self.name = Array(UnsafeBufferPointer(start: name, count: strlen(name) + 1))
            self.status = status
        }

        /// For a person.
        public var text: String { String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self) }
    }

    /// What is found in a directory.
    public enum Found: Sendable, Equatable {
        /// Anything that is no directory. Of so many the names would only cost.
        case file(FileStatus)
        /// A directory.
        case directory(Subdirectory)
        /// It was listed, and is not there any more.
        case gone
        /// It is there, and cannot be looked at for this reason; others can.
        case unseen(String)
    }

    /// Of the directory itself, as it was opened.
    public let status: FileStatus
    private let stream: OpaquePointer

    init(_ name: UnsafePointer<CChar>, in directory: Int32) throws(SystemError) {
        let number = uninterrupted { openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
        guard number >= 0 else { throw SystemError(errno: errno, "open it") }
        guard let status = FileStatus("", in: number), let stream = fdopendir(number) else {
            let error = errno
            close(number)
            throw SystemError(errno: error, "read it")
        }
        (self.status, self.stream) = (status, stream)
    }

    deinit { closedir(stream) }

    /// The next one, in no order; nil at the end. Throws where one could not be read; the rest is not to be had then.
    public func next() throws(SystemError) -> Found? {
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw SystemError(errno: errno, "read it") }
                return nil
            }
            let name = UnsafeRawPointer(entry).advanced(by: Self.nameOffset).assumingMemoryBound(to: CChar.self)
            if strcmp(name, ".") == 0 || strcmp(name, "..") == 0 { continue }
            guard let status = FileStatus(name, in: dirfd(stream)) else {
                return errno == ENOENT ? .gone : .unseen(SystemError(errno: errno, "look at what is in it").message)
            }
            return status.isDirectory ? .directory(Subdirectory(copying: name, status)) : .file(status)
        }
    }

    private static let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0

    /// A directory that was found in this one. Throws `.notFound` where there is none of that name any more.
    public func reader(of directory: Subdirectory) throws(SystemError) -> DirectoryReader {
        try DirectoryReader(directory.name, in: dirfd(stream))
    }
}
