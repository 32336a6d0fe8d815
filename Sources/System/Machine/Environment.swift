internal import CSystem

/// The environment of a process: entries `NAME=value` as bytes, in order, so that what is not UTF-8 passes unchanged.
public struct Environment: Sendable, Equatable {
    /// The entries, without NUL.
    public private(set) var entries: [[UInt8]]

    /// An environment of given entries `NAME=value`; entries with a NUL in them are cut there by the kernel, so refuse them
    /// before.
    public init(entries: [[UInt8]] = []) { self.entries = entries }

    /// An environment of names and values.
    public init(_ values: [(name: String, value: String)]) {
        entries = values.map { Array("\($0.name)=\($0.value)".utf8) }
    }

    /// A snapshot of this process's environment.
    public static var current: Environment { Environment(entries: strings(cs_environment())) }

    /// The value of a variable (repaired UTF-8); setting it replaces all entries of the name, setting `nil` removes them.
    public subscript(_ name: String) -> String? {
        get {
            let start = Array("\(name)=".utf8)
            guard let entry = entries.first(where: { $0.starts(with: start) }) else { return nil }
            return String(decoding: entry.dropFirst(start.count), as: UTF8.self)
        }
        set {
            let start = Array("\(name)=".utf8)
            entries.removeAll { $0.starts(with: start) }
            if let newValue { entries.append(start + Array(newValue.utf8)) }
        }
    }

    /// This environment with more variables, which replace those of the same name.
    public func adding(_ values: [(name: String, value: String)]) -> Environment {
        var result = self
        for (name, value) in values { result[name] = value }
        return result
    }
}

/// The arguments of this program as the kernel gave them: `CommandLine.arguments` repairs bytes that are not UTF-8, and would
/// so change what is passed on. The first is the program's own name.
public var rawArguments: [[UInt8]] { strings(UnsafePointer(CommandLine.unsafeArgv)) }

private func strings(_ list: UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> [[UInt8]] {
    var found: [[UInt8]] = []
    guard var next = list else { return found }
    while let text = next.pointee {
        var bytes: [UInt8] = []
        var at = text
        while at.pointee != 0 {
            bytes.append(UInt8(bitPattern: at.pointee))
            at += 1
        }
        found.append(bytes)
        next += 1
    }
    return found
}
