internal import Glibc

/// A file that is written piece by piece beside its place, with `.new` at the end of its name, and then takes the place whole.
/// For one writer at a time; what an earlier one left behind is written over.
public struct PendingFile: ~Copyable {
    private let file: Descriptor
    private let path: String

    /// Begins a file for a path, mode 0600. Symbolic links are not followed.
    public init(for path: String, owner: FileOwner? = nil) throws(SystemError) {
        let file = try Descriptor.open("\(path).new", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW)
        if let owner { try file.give(to: owner, path) }
        self.path = path
        self.file = file
    }

    /// Adds bytes.
    public func write(_ bytes: [UInt8]) throws(SystemError) { try file.write(bytes) }

    /// Forces the bytes to the disk.
    public func sync() throws(SystemError) { try file.sync(path) }

    /// Puts the file in its place.
    public func finish() throws(SystemError) { try Directory.move("\(path).new", to: path) }

    /// Removes what was written.
    public func abandon() { unlink("\(path).new") }
}
