public import Events

/// Why a name does not resolve as it should; tried again at the next pass.
public enum ResolverProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file cannot be read or written; says which, and why.
    case file(String)
    /// There is a file, and somebody else wrote it.
    case foreignFile(String)
    /// The lines around our part of a hosts file are not one pair.
    case brokenBlock(String)
    /// Somebody else's line of a hosts file gives the name another address.
    case otherLine(String, line: Int, HostName, address: String)
    /// The command failed; says how.
    case reload(String)
    /// The resolver does not answer; says why.
    case noAnswer(String)
    /// The resolver answers something else.
    case wrongAnswer(HostName, String)

    /// The problem as a sentence without its full stop.
    public var description: String {
        switch self {
        case .file(let reason): "the resolver's file: \(reason)"
        case .foreignFile(let path):
            "\(path) was not written by Interlock and is left alone: move it away, or name another file in mail.resolver.file"
        case .brokenBlock(let path):
            "\(path) has not one line '\(HostsFile.begin)' with one line '\(HostsFile.end)' behind it: remove both, and what is between"
        case .otherLine(let path, let line, let name, let address):
            "\(path):\(line) gives \(name) the address \(address): remove that line"
        case .reload(let reason): "the resolver's reload failed: \(reason)"
        case .noAnswer(let reason): reason
        case .wrongAnswer(let name, let answer): "asked for \(name), it \(answer)"
        }
    }
}
