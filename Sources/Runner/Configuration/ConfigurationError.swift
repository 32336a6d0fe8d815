/// One thing that is wrong (or can have no effect) in a configuration file, and where.
public struct ConfigurationProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file, as it was named.
    public var file: String
    /// Counted from 1.
    public var line: Int
    /// Counted from 1, in characters.
    public var column: Int
    /// What is wrong and what to do.
    public var message: String

    /// A problem at a place of a file.
    public init(file: String, line: Int, column: Int, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// `interlock.yaml:7:5: unknown key 'comand'; did you mean 'command'?`
    public var description: String { "\(file):\(line):\(column): \(message)" }
}

/// Why a configuration file is not used: all that was found wrong in it, in the order of the file.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Never empty.
    public var problems: [ConfigurationProblem]

    /// The problems of one file.
    public init(_ problems: [ConfigurationProblem]) {
        self.problems = problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }

    /// Problems that are told; of a file of thousands of lines all may be wrong in the same way.
    static let maximumTold = 20

    /// A line a problem.
    public var description: String {
        let more = problems.count - Self.maximumTold
        return (problems.prefix(Self.maximumTold).map(\.description) + (more > 0 ? ["and \(more) more"] : []))
            .joined(separator: "\n")
    }
}
