import Events

/// What the sessions held when the state was stored, left as it stands there: of thousands of locks of others a fresh process
/// looks at few, and to make a grant of each would cost it more than all the rest. What changes is taken out (`HeldLocks`).
struct StoredGrants: Sendable {
    /// The place of a grant in the text, and what it is found by.
    private struct Row: Sendable {
        var token: Position
        var start: Int32
        var requestStart: Int32
        var requestEnd: Int32
        /// The number of its session.
        var session: Int32

        var request: Range<Int> { Int(requestStart)..<Int(requestEnd) }
    }

    private let text: [UInt8]
    private let names: StoredNames
    private var rows: [Row] = []
    private var tokens: NodeTable
    private var requests: NodeTable
    private var paths: StoredPaths

    /// Of a text that is going to be read.
    init(_ text: [UInt8] = [], _ names: StoredNames = StoredNames()) {
        (self.text, self.names) = (text, names)
        // A guess by the length of a row: tables that grow are filled twice.
        let capacity = text.count / 50
        tokens = NodeTable(capacity: capacity)
        requests = NodeTable(capacity: capacity)
        paths = StoredPaths(capacity: capacity)
        rows.reserveCapacity(capacity)
    }

    var count: Int { rows.count }

    /// Reads the grant at which `reader` stands, as far as it is needed to find it and to know that it can be read.
    mutating func append(_ reader: inout JSONReader, of session: Int) throws(JSONError) -> Position {
        let (start, text) = (reader.offset, text)
        try reader.beginRow()
        let token = try reader.intCell()
        let request = try reader.textCell()
        _ = (try reader.intCell(), try reader.intCell())
        try reader.beginRow()
        while try reader.hasNext() {
            try reader.beginRow()
            let (mode, path) = (try reader.intCell(), try reader.textCell())
            guard LockMode(number: mode) != nil, LockPath.isPath(text.span.extracting(path)) else {
                throw reader.error("this is no lock")
            }
            paths.insert(StoredPaths.Mark(row: rows.count, mode: mode, path: path), in: text.span)
            try reader.endRow()
        }
        try reader.endRow()
        rows.append(
            Row(
                token: token, start: Int32(truncatingIfNeeded: start),
                requestStart: Int32(truncatingIfNeeded: request.lowerBound),
                requestEnd: Int32(truncatingIfNeeded: request.upperBound), session: Int32(truncatingIfNeeded: session)))
        // 0 is free there.
        let number = Int32(truncatingIfNeeded: rows.count)
        tokens.insert(number, UInt64(truncatingIfNeeded: token)) { UInt64(truncatingIfNeeded: rows[Int($0) - 1].token) }
        requests.insert(number, ByteHash.of(text.span.extracting(request))) {
            ByteHash.of(text.span.extracting(rows[Int($0) - 1].request))
        }
        return token
    }

    /// The row of a token.
    func row(of token: Position) -> Int? {
        var slot = tokens.slot(of: UInt64(truncatingIfNeeded: token))
        while let number = tokens[slot] {
            if rows[Int(number) - 1].token == token { return Int(number) - 1 }
            slot = tokens.slot(after: slot)
        }
        return nil
    }

    /// The row of a request: there is one way only to write its id.
    func row(of request: RequestID) -> Int? {
        var writer = JSONWriter()
        writer.value(request.text)
        let written = writer.bytes.span.extracting(1..<writer.bytes.count - 1)
        var slot = requests.slot(of: ByteHash.of(written))
        while let number = requests[slot] {
            if text.span.extracting(rows[Int(number) - 1].request).isSame(as: written) { return Int(number) - 1 }
            slot = requests.slot(after: slot)
        }
        return nil
    }

    func token(ofRow row: Int) -> Position { rows[row].token }

    /// The number of the session that holds it.
    func session(ofRow row: Int) -> Int { Int(rows[row].session) }

    /// The whole grant.
    func grant(ofRow row: Int, of session: SessionID) -> Grant? {
        var reader = JSONReader(text, at: Int(rows[row].start))
        return try? Grant(from: &reader, of: session, names)
    }

    /// As it is stored anew, with other numbers for names.
    func write(row: Int, to writer: inout JSONWriter, _ names: inout StoredNames) {
        var reader = JSONReader(text, at: Int(rows[row].start))
        guard let cells = try? GrantCells(from: &reader) else { return }
        writer.beginRow()
        writer.value(cells.token)
        writer.raw(text[cells.request.lowerBound - 1..<cells.request.upperBound + 1])
        writer.value(cells.since)
        writer.value(names.number(of: self.names.text(cells.reason)))
        writer.raw(text[cells.locks])
        writer.endRow()
    }

    private struct GrantCells {
        let token: Position
        let request: Range<Int>
        let since: Int
        let reason: Int
        let locks: Range<Int>

        init(from reader: inout JSONReader) throws(JSONError) {
            try reader.beginRow()
            token = try reader.intCell()
            request = try reader.textCell()
            (since, reason) = (try reader.intCell(), try reader.intCell())
            locks = try reader.rawCell()
        }
    }
}

/// By path.
extension StoredGrants {
    /// Shows `body` the locks that conflict with `lock` until it answers true: the row of each, and what it is.
    func visit(conflictingWith lock: Lock, _ body: (Int, Mark) -> Bool) -> Bool {
        guard !rows.isEmpty else { return false }
        return paths.visit(overlapping: lock.path, in: text.span) { stored in
            let mode = LockMode(number: Int(stored.mode)) ?? .exclusive
            guard lock.mode == .exclusive || mode == .exclusive else { return false }
            return body(Int(stored.row), mark(stored, mode))
        }
    }

    /// Shows `body` the slots of `path` until it answers true.
    func visit(slotsAt path: LockPath, _ body: (Int, Mark) -> Bool) -> Bool {
        guard !rows.isEmpty else { return false }
        return paths.visit(at: path, in: text.span) { stored in
            guard LockMode(number: Int(stored.mode)) == .slot else { return false }
            return body(Int(stored.row), mark(stored, .slot))
        }
    }

    private func mark(_ stored: StoredPaths.Mark, _ mode: LockMode) -> Mark {
        let row = rows[Int(stored.row)]
        let path = LockPath(String(decoding: text[stored.path], as: UTF8.self)) ?? .root
        return Mark(position: row.token, session: Int(row.session), path: path, mode: mode)
    }
}

extension Span<UInt8> {
    fileprivate func isSame(as other: borrowing Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for at in indices where self[at] != other[at] { return false }
        return true
    }
}
