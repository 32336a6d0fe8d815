/// A mounted file system that holds files of its own.
struct Mount: Equatable, Sendable {
    /// Where it is seen.
    let point: String
    let isReadOnly: Bool
    /// Which mount that is.
    let id: UInt64
}

/// Where something is mounted, and which mount that is: when it is another one, what hung on the one before says nothing of it.
struct MountPoint: Hashable, Sendable {
    let path: String
    let id: UInt64

    init(_ path: String, id: UInt64 = 0) { (self.path, self.id) = (path, id) }
}

/// What is mounted (proc(5), /proc/self/mountinfo).
enum Mounts {
    static let path = "proc/self/mountinfo"
    /// File systems of the kernel's that hold no files of anybody's; and those that are full from the start, or that
    /// another one holds.
    private static let pseudoTypes: Set<String> = [
        "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts", "devtmpfs", "efivarfs",
        "fuse.gvfsd-fuse", "fuse.lxcfs", "fuse.portal", "fusectl", "hugetlbfs", "iso9660", "mqueue", "nsfs", "overlay",
        "proc", "pstore", "ramfs", "rootfs", "rpc_pipefs", "securityfs", "selinuxfs", "squashfs", "sysfs", "tracefs",
    ]
    /// A tmpfs below these is the system's own.
    private static let systemPlaces = ["/dev", "/proc", "/run", "/sys"]
    fileprivate static let maximumDepth = 64

    struct Entry {
        let id: UInt64
        let parent: UInt64
        /// The same for all mounts of one file system.
        let device: String
        let root: String
        let point: String
        let options: String
        let type: String
        let superOptions: String

        init(_ whole: Line) throws(Malformed) {
            var line = whole
            (id, parent) = (try line.whole(), try line.whole())
            device = try line.text()
            (root, point) = (try line.unescaped(), try line.unescaped())
            guard point.hasPrefix("/") else { throw line.malformed(.unknownWord) }
            options = try line.text()
            while try line.text() != "-" {}
            type = try line.text()
            // What was mounted stands before the options, or nothing does.
            var last = try line.text()
            if !line.isAtEnd { last = try line.text() }
            superOptions = last
            try line.end()
        }

        var isPseudo: Bool {
            pseudoTypes.contains(type) || type == "tmpfs" && systemPlaces.contains { point.isAt($0) }
        }
        var isReadOnly: Bool { [options, superOptions].contains { $0 == "ro" || $0.hasPrefix("ro,") } }
    }

    /// Each file system once, where most of it is seen: a bind mount shows a part of it again. What another mount hides
    /// cannot be asked.
    static func real(_ bytes: [UInt8]) throws(Malformed) -> [Mount] {
        var text = try FileText(bytes)
        var entries: [Entry] = []
        while let line = text.next() { entries.append(try Entry(line)) }
        guard !entries.isEmpty else { throw Malformed(fault: .missing("any mount")) }
        let byID = Dictionary(entries.map { ($0.id, $0) }) { first, _ in first }
        guard byID.count == entries.count else { throw Malformed(fault: .twice) }
        let seen = entries.filter { entry in
            !entry.isPseudo && !entries.contains { $0.hides(entry, byID) }
        }
        let best = Dictionary(grouping: seen, by: \.device).compactMapValues { same in
            same.min { ($0.root.utf8.count, $0.point.utf8.count) < ($1.root.utf8.count, $1.point.utf8.count) }
        }
        return best.values.map { Mount(point: $0.point, isReadOnly: $0.isReadOnly, id: $0.id) }.sorted {
            $0.point < $1.point
        }
    }

    /// Where something is mounted, each place once, with what was mounted there last.
    static func points(_ bytes: [UInt8]) throws(Malformed) -> [MountPoint] {
        var text = try FileText(bytes)
        var ids: [String: UInt64] = [:]
        while let line = text.next() {
            let entry = try Entry(line)
            ids[entry.point] = entry.id
        }
        return ids.map { MountPoint($0.key, id: $0.value) }.sorted { $0.path < $1.path }
    }

    /// The innermost of some mount points that a path is at or below.
    static func holding(_ path: String, among points: [MountPoint]) -> MountPoint {
        points.filter { path.isAt($0.path) }.max { $0.path.utf8.count < $1.path.utf8.count } ?? MountPoint("/")
    }
}

extension Mounts.Entry {
    /// True when it lies over `other`: at or above its place, and mounted later than what leads there.
    fileprivate func hides(_ other: Self, _ byID: [UInt64: Self]) -> Bool {
        id != other.id && other.point.isAt(point) && !leads(to: other, byID)
    }

    /// The mounts from the root to `other` are few; in a broken file they could go round.
    private func leads(to other: Self, _ byID: [UInt64: Self]) -> Bool {
        var next = other.parent
        for _ in 0..<Mounts.maximumDepth {
            if next == id { return true }
            guard let parent = byID[next], parent.parent != next else { return false }
            next = parent.parent
        }
        return false
    }
}

extension String {
    /// This path is `place`, or below it.
    fileprivate func isAt(_ place: String) -> Bool {
        place == "/" || self == place || hasPrefix(place) && utf8.dropFirst(place.utf8.count).first == UInt8(ascii: "/")
    }
}

extension Line {
    /// A field in which blanks, newlines and backslashes stand as octal numbers.
    fileprivate mutating func unescaped() throws(Malformed) -> String {
        guard let word = word() else { throw malformed(.tooFewFields) }
        guard word.contains(backslash) else { return String(decoding: word, as: UTF8.self) }
        var bytes: [UInt8] = []
        var rest = word
        while let byte = rest.popFirst() {
            guard byte == backslash else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(3)
            guard digits.count == 3, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x37 }), digits.first ?? 0x37 < 0x34 else {
                throw malformed(.noNumber)
            }
            bytes.append(digits.reduce(0) { $0 << 3 | ($1 - 0x30) })
            rest = rest.dropFirst(3)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

private let backslash = UInt8(ascii: "\\")
