internal import System

/// What is measured: this machine, or for tests a tree of files in its place.
struct Machine: Sendable {
    /// No file of the kernel's is longer.
    static let maximumFileBytes = 4 << 20

    /// Stands in front of each path; empty for this machine.
    var root = ""
    /// How full the file system there is; it may never answer.
    var room: @Sendable (_ mount: String) throws(SystemError) -> FileSystemRoom
    /// Nil where the kernel does not say.
    var isClockSynchronised: @Sendable () -> Bool?

    /// This machine.
    static let this = Machine(
        room: { mount throws(SystemError) in try FileSystem.room(at: mount) },
        isClockSynchronised: { WallTime.isSynchronised })

    /// What `parse` makes of a file; nil where it is optional, and this kernel does not have it or has it switched off.
    func values<Value>(
        of path: String, isOptional: Bool = false, _ parse: ([UInt8]) throws(Malformed) -> Value
    ) throws(Problem) -> Value? {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try readFile("\(root)/\(path)", limit: Self.maximumFileBytes)
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
