internal import System

/// A directory of which it is to be told how much is in it.
public struct MeasuredDirectory: Sendable, Hashable {
    /// The host, or the app whose it is.
    public let subject: Subject
    /// By which it is told from others of its subject.
    public let label: String
    /// Absolute, without a symbolic link in it. The configuration sees to `.` and `..`.
    let path: String

    /// A directory that may be there or not.
    public init(_ subject: Subject, _ label: String, at path: String) {
        (self.subject, self.label, self.path) = (subject, label, path)
    }

    /// For a person.
    var words: String { "\(subject.words): directory \(label)" }
}

/// What there is in a directory and all below it, itself included, and on its own file system only.
struct TreeUsage: Sendable, Equatable {
    /// What it takes on the disk.
    var allocatedBytes = 0
    /// All files from their beginnings to their ends, holes included.
    var bytes = 0
    /// Files, directories, links and all else, each once however many names it has.
    var inodes = 0
    /// Nothing was left out. What was left out makes the numbers smaller, never larger.
    var isComplete = true

    mutating func add(_ status: FileStatus) {
        allocatedBytes.add(status.allocatedBytes)
        bytes.add(status.bytes)
        inodes.add(1)
    }
}

extension Int {
    /// What a broken file system tells may be more than any number.
    fileprivate mutating func add(_ other: Int) {
        let (sum, isTooLarge) = addingReportingOverflow(other)
        self = isTooLarge ? .max : sum
    }
}
