import Events

/// The way from the top down to a path, segment by segment: where each lies among the bytes, and a hash of all up to there.
struct PathStep {
    let text: String
    private(set) var start = 0
    private(set) var end = 0
    private var bytesHash = ByteHash()

    private static let slash = UInt8(ascii: "/")

    var hash: UInt64 { bytesHash.value }

    /// Stands at the top.
    init(_ path: LockPath) { text = path.text }

    /// Goes one segment down; false behind the last.
    mutating func advance() -> Bool {
        let bytes = text.utf8Span.span
        guard end + 1 < bytes.count else { return false }
        start = end + 1
        var (at, hash) = (start, bytesHash)
        hash.add(Self.slash)
        while at < bytes.count, bytes[at] != Self.slash {
            hash.add(bytes[at])
            at += 1
        }
        (end, bytesHash) = (at, hash)
        return true
    }

    /// True when the last segment is the one at these bytes of `other`.
    func hasSegment(of other: String, _ otherStart: Int, _ otherEnd: Int) -> Bool {
        guard start == otherStart, end == otherEnd else { return false }
        if text == other { return true }
        let (mine, theirs) = (text.utf8Span.span, other.utf8Span.span)
        for at in start..<end where mine[at] != theirs[at] { return false }
        return true
    }
}

/// FNV-1a, byte by byte.
struct ByteHash {
    private static let prime: UInt64 = 0x100_0000_01b3
    /// Another one in each process, so that nobody can choose texts that collide.
    private static let seed = UInt64(truncatingIfNeeded: Hasher().finalize())

    private(set) var value = Self.seed

    mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* Self.prime }

    static func of(_ bytes: Span<UInt8>) -> UInt64 {
        var hash = ByteHash()
        for at in bytes.indices { hash.add(bytes[at]) }
        return hash.value
    }
}

/// Numbers by hash: open addressing with linear probing, at most half full. The hashes stay with what the numbers stand for.
struct NodeTable: Sendable {
    /// 0 is free: the root is never looked for.
    private var slots: [Int32] = [0, 0]
    private var shift: UInt64 = 63
    private var count = 0

    init() {}

    /// For so many without growing.
    init(capacity: Int) {
        var size = 2
        while size < capacity * 2 { (size, shift) = (size * 2, shift - 1) }
        slots = Array(repeating: 0, count: size)
    }

    /// Nil where nothing is.
    subscript(slot: Int) -> Int32? { slots[slot] == 0 ? nil : slots[slot] }

    /// Where the search for a hash begins.
    func slot(of hash: UInt64) -> Int {
        Int(truncatingIfNeeded: (hash &* 0x9e37_79b9_7f4a_7c15) >> shift)
    }

    func slot(after slot: Int) -> Int { (slot + 1) & (slots.count - 1) }

    mutating func insert(_ number: Int32, _ hash: UInt64, _ hashOf: (Int32) -> UInt64) {
        count += 1
        if count * 2 > slots.count {
            let old = slots
            slots = Array(repeating: 0, count: old.count * 2)
            shift -= 1
            for other in old where other != 0 { put(other, hashOf(other)) }
        }
        put(number, hash)
    }

    private mutating func put(_ number: Int32, _ hash: UInt64) {
        var slot = slot(of: hash)
        while slots[slot] != 0 { slot = self.slot(after: slot) }
        slots[slot] = number
    }

    /// What stands behind the gap moves up, unless it would come to stand before its place.
    mutating func remove(_ number: Int32, _ hash: UInt64, _ hashOf: (Int32) -> UInt64) {
        var gap = slot(of: hash)
        while slots[gap] != number { gap = slot(after: gap) }
        count -= 1
        let mask = slots.count - 1
        var next = slot(after: gap)
        while slots[next] != 0 {
            let home = slot(of: hashOf(slots[next]))
            if (next - home) & mask >= (next - gap) & mask {
                slots[gap] = slots[next]
                gap = next
            }
            next = slot(after: next)
        }
        slots[gap] = 0
    }
}
