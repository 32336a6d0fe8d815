internal import Glibc

/// A small file of slots of equal length, each overwritten in its place with one write(2), so that no process has to wait for
/// another. A slot lies within one sector of the disk. A write survives the end of its process however that ends, and a crash
/// of the host once `sync` has returned.
public struct SlotFile: ~Copyable, Sendable {
    /// The length of a slot; a divisor of every sector's.
    public static let slotBytes = 128
    /// Slots of a file.
    public static let slots = 16

    private let file: Descriptor
    /// False where this user may only read it.
    public let isWritable: Bool

    /// Opens the file of a path; `nil` where it is not there, or this user may not read it. Symbolic links are not followed.
    public static func open(_ path: String) throws(SystemError) -> SlotFile? {
        do throws(SystemError) {
            return try opened(path, O_RDWR)
        } catch {
            switch (error.code, error.errno) {
            case (.notFound, _): return nil
            case (.permission, _), (_, EROFS): break
            default: throw error
            }
        }
        do throws(SystemError) {
            return try opened(path, O_RDONLY)
        } catch {
            guard error.code == .permission || error.code == .notFound else { throw error }
            return nil
        }
    }

    /// The same, made with mode 0600 for the owner of its directory where it is missing.
    public static func make(_ path: String) throws(SystemError) -> SlotFile {
        if let file = try open(path) { return file }
        let directory = path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        do throws(SystemError) {
            try DurableFile.create(
                Array(repeating: UInt8(ascii: "\n"), count: slots * slotBytes), at: path,
                owner: Host.userID == 0 ? .of(directory) : nil)
        } catch {
            guard error.code == .exists else { throw error }
        }
        return try opened(path, O_RDWR)
    }

    private static func opened(_ path: String, _ access: Int32) throws(SystemError) -> SlotFile {
        let file = try Descriptor.open(path, access | O_NOFOLLOW | O_NONBLOCK)
        guard isRegular(file.raw) else { throw SystemError(.unsupported, "\(path) is not a regular file") }
        return SlotFile(file: file, isWritable: access == O_RDWR)
    }

    private init(file: consuming Descriptor, isWritable: Bool) {
        self.file = file
        self.isWritable = isWritable
    }

    /// False when it was removed, or another was put in its place, since it was opened.
    public var isInPlace: Bool {
        var status = stat()
        return fstat(file.raw, &status) == 0 && status.st_nlink > 0
    }

    /// All slots, as they are at this moment: one that is being written may be half old, half new.
    public func read() throws(SystemError) -> [UInt8] {
        let number = file.raw
        var failure: Int32 = 0
        let size = Self.slots * Self.slotBytes
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            let got = uninterrupted { pread(number, buffer.baseAddress, size, 0) }
            failure = got < 0 ? errno : 0
            count = max(0, got)
        }
        guard failure == 0 else { throw SystemError(errno: failure, "read a file of slots") }
        return bytes
    }

    /// Overwrites one slot; `bytes` are as many as a slot has.
    public func write(_ bytes: [UInt8], slot: Int) throws(SystemError) {
        precondition(bytes.count == Self.slotBytes && (0..<Self.slots).contains(slot), "this is no slot")
        let number = file.raw
        let written = bytes.withUnsafeBytes { buffer in
            uninterrupted { pwrite(number, buffer.baseAddress, buffer.count, off_t(slot * Self.slotBytes)) }
        }
        guard written == bytes.count else {
            throw SystemError(errno: written < 0 ? errno : ENOSPC, "write a file of slots")
        }
    }

    /// Returns when what was written before is on the disk.
    public func sync(_ path: String) throws(SystemError) { try file.sync(path) }
}
