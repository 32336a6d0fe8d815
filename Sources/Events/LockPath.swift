/// What a lock is on: `/`, or `/segment/segment…`. A lock on a path covers all below it.
public struct LockPath: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// As given: there is one way only to write a path.
    public let text: String

    /// Contract, "Lock paths"; what is longer is no path.
    public static let maximumSegments = 16
    /// Contract, "Lock paths": UTF-8, slashes included.
    public static let maximumBytes = 255
    /// `/`, which covers every path: the global lock.
    public static let root = LockPath(unchecked: "/")

    private init(unchecked text: String) {
        self.text = text
    }

    /// Nil when `text` is not a path: segments of letters, digits and `. _ - @ :` (not `.` or `..`), at most 16 of them
    /// and 255 bytes in all.
    public init?(_ text: String) {
        guard Self.isPath(text.utf8Span.span) else { return nil }
        self.text = text
    }

    /// True for the bytes of a path. Byte by byte, as replay does it for every lock of every event.
    public static func isPath(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count <= maximumBytes, bytes.count > 0, bytes[0] == UInt8(ascii: "/") else { return false }
        if bytes.count == 1 { return true }
        var (count, length, dots) = (1, 0, 0)
        var isSegment: Bool { length > 2 || length > dots }
        for at in 1..<bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: "/") {
                guard isSegment else { return false }
                (count, length, dots) = (count + 1, 0, 0)
            } else {
                guard isAllowed(byte) else { return false }
                length += 1
                if byte == UInt8(ascii: ".") { dots += 1 }
            }
        }
        return isSegment && count <= maximumSegments
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "@"), UInt8(ascii: ":"):
            true
        default: false
        }
    }

    /// The segments of a path from the top, one after the other.
    public struct Segments: Sequence, IteratorProtocol {
        private let text: String
        /// Where the next segment begins; behind the end when there is none.
        private var start: String.Index?

        fileprivate init(_ text: String) {
            self.text = text
            start = text.utf8.index(after: text.startIndex)
        }

        /// The next segment, also when two slashes stand together. Byte by byte: this is where the search for locks in the
        /// way spends its time, and the general algorithms cost several times as much.
        fileprivate mutating func nextOrEmpty() -> String? {
            guard let begin = start else { return nil }
            let bytes = text.utf8
            var end = begin
            while end < bytes.endIndex, bytes[end] != UInt8(ascii: "/") { end = bytes.index(after: end) }
            start = end < bytes.endIndex ? bytes.index(after: end) : nil
            return String(Substring(bytes[begin..<end]))
        }

        /// The next segment from the top; nil behind the last.
        public mutating func next() -> String? {
            guard let segment = nextOrEmpty(), !segment.isEmpty else { return nil }
            return segment
        }
    }

    /// True when `other` is this path or lies below it.
    public func covers(_ other: LockPath) -> Bool {
        if text == "/" || text == other.text { return true }
        let mine = text.utf8
        let theirs = other.text.utf8
        return theirs.count > mine.count && theirs.starts(with: mine)
            && theirs[theirs.index(theirs.startIndex, offsetBy: mine.count)] == UInt8(ascii: "/")
    }

    /// True when one of them covers the other.
    public func overlaps(_ other: LockPath) -> Bool { covers(other) || other.covers(self) }

    /// The segments from the top; none for `/`.
    public var segments: Segments {
        Segments(text)
    }

    /// The path itself.
    public var description: String { text }

    /// By text: a path stands before all below it, but others may stand between (`/a`, `/a-b`, `/a/c`).
    public static func < (left: LockPath, right: LockPath) -> Bool { left.text < right.text }
}

/// How a path is held (design §4): two locks conflict when one path covers the other and not both are shared; a `slot`
/// is one of the N that its path's capacity allows.
public enum LockMode: String, Sendable, Hashable {
    case exclusive, shared, slot
}

/// One path of a request, with the mode asked for.
public struct Lock: Hashable, Sendable {
    /// What is locked, with all below it.
    public var path: LockPath
    /// How it is to be held.
    public var mode: LockMode

    /// A lock on `path`, held as `mode` says.
    public init(_ path: LockPath, _ mode: LockMode) {
        self.path = path
        self.mode = mode
    }
}
