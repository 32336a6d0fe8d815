import Foundation

/// A directory of a test's own, removed with the value.
public final class PeerDirectory: Sendable {
    public let path: String

    public init() throws {
        var template = Array("/tmp/interlock-peers-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw PeerError("cannot make a directory in /tmp") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    public func file(_ name: String) -> String { "\(path)/\(name)" }

    @discardableResult
    public func write(_ text: String, to name: String, mode: Int = 0o600) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: file(name)))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file(name))
        return file(name)
    }

    public func bytes(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: file(name)))) }

    public func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }
}

/// What a test could not get to begin with.
public struct PeerError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
