internal import Digest
internal import Events
internal import LZ4
internal import MySQL

/// The columns of table `event`, in one order for writing and reading.
enum EventRow {
    static let columns = [
        "position", "id", "stream", "stream_version", "type", "schema_version", "at", "actor", "host", "correlation",
        "causation", "session", "task", "payload", "payload_encoding", "payload_size", "payload_checksum",
        "payload_hash", "hash",
    ]

    static let select = "SELECT " + columns.joined(separator: ", ") + " FROM event"

    /// Payloads above this are stored as an LZ4 block.
    static let compressionThreshold = 1024
    /// A stored payload that claims to be larger is damaged.
    static let maximumPayloadBytes = 4 << 20

    enum Encoding: Int {
        case plain = 0
        case lz4 = 1
        /// Not the payload: what a redaction left of it, uncompressed.
        case redacted = 2
    }

    static func values(_ event: RecordedEvent, _ subject: Subject) -> [Value] {
        let payload = event.payload ?? []
        var stored = payload
        var encoding = Encoding.plain
        var checksum = event.payloadHash
        if payload.count > compressionThreshold, let block = try? LZ4.compressBlock(payload),
            block.count < payload.count
        {
            (stored, encoding, checksum) = (block, .lz4, SHA256.hash(block))
        }
        return [
            .uint(UInt64(event.position)), .text(event.id), .text(event.stream), .int(Int64(event.streamVersion)),
            .text(event.type), .int(Int64(event.schema)), .timestamp(Int64(event.at.microseconds)), .text(event.actor),
            .text(event.host), .text(event.correlation), event.causation.map { .uint(UInt64($0)) } ?? .null,
            subject.session.map { .text($0) } ?? .null, subject.task.map { .text($0) } ?? .null, .bytes(stored),
            .int(Int64(encoding.rawValue)), .int(Int64(payload.count)), .bytes(checksum.bytes),
            .bytes(event.payloadHash.bytes), .bytes(event.hash.bytes),
        ]
    }

    /// One event as it is stored. What does not fit together throws `damaged` with its position: a checksum that is not
    /// that of the bytes, a block that does not decode.
    static func event(_ row: borrowing Row) throws -> RecordedEvent {
        let position = try row.whole(0)
        let content = try content(row, 13, position)
        return RecordedEvent(
            position: position, id: try row.text(1), stream: try row.text(2), streamVersion: try row.whole(3),
            type: try row.text(4),
            schema: try row.whole(5), at: try row.time(6), actor: try row.text(7),
            host: try row.text(8), correlation: try row.text(9), causation: row.isNull(10) ? nil : try row.whole(10),
            payload: content.isPayload ? content.bytes : nil, remains: content.isPayload ? nil : content.bytes,
            payloadHash: try digest(row, 17, "payload_hash", position), hash: try digest(row, 18, "hash", position))
    }

    /// The payload, or what remains of it; `first` is its column, with those of its encoding and size behind it.
    static func content(
        _ row: borrowing Row, _ first: Int, _ position: Position
    ) throws -> (bytes: [UInt8]?, isPayload: Bool) {
        guard !row.isNull(first) else { return (nil, true) }
        let stored = try row.bytes(first)
        guard let encoding = Encoding(rawValue: try row.whole(first + 1)) else {
            throw StoreError(.damaged, "event \(position): payload_encoding is unknown", position: position)
        }
        guard encoding == .lz4 else { return (stored, encoding == .plain) }
        let size = try row.whole(first + 2)
        guard size <= maximumPayloadBytes,
            let payload = try? LZ4.decompressBlock(stored, size: size, limit: maximumPayloadBytes)
        else {
            throw StoreError(.damaged, "event \(position): the compressed payload is broken", position: position)
        }
        return (payload, true)
    }

    static func digest(
        _ row: borrowing Row, _ column: Int, _ name: String, _ position: Position
    ) throws -> SHA256.Digest {
        guard let digest = try row.digest(column) else {
            throw StoreError(.damaged, "event \(position): \(name) is not 32 bytes long", position: position)
        }
        return digest
    }
}

/// What is extracted from a payload into columns of its own.
struct Subject: Equatable {
    var session: String?
    var task: String?

    init(_ event: Event) {
        switch event {
        case .sessionOpened(let data): (session, task) = (data.session.text, data.task?.text)
        case .sessionEnded(let data): session = data.session.text
        case .lockRequested(let data): session = data.session.text
        case .lockGranted(let data): session = data.session.text
        case .lockWithdrawn(let data): session = data.session.text
        case .lockReleased(let data): session = data.session.text
        case .lockRefused(let data): (session, task) = (data.session.text, data.task?.text)
        case .lockDowngraded(let data): session = data.session.text
        case .slotsConfigured: break
        case .taskQueued(let data): task = data.task.text
        case .taskClaimed(let data): task = data.task.text
        case .taskStarted(let data): (session, task) = (data.session.text, data.task.text)
        case .taskProgressed(let data): task = data.task.text
        case .taskStopRequested(let data): task = data.task.text
        case .taskFinished(let data): task = data.task.text
        case .taskRetryScheduled(let data): task = data.task.text
        case .taskWaitBegan(let data): (session, task) = (data.session.text, data.task.text)
        case .taskWaitEnded(let data): (session, task) = (data.session.text, data.task.text)
        case .runnerRegistered(let data): session = data.session.text
        case .appReconfiguring(let data): task = data.task.text
        case .appReconfigured(let data): task = data.task.text
        case .appReconfigureFailed(let data): task = data.task.text
        case .appRegistered, .appChanged, .appRemoved, .runnerRetired, .logRedacted, .logRestored, .scheduleConfigured,
            .reactionParked, .reactionRetried, .userAdded, .userRoleChanged, .userEmailChanged, .userRemoved,
            .mailRenameRequested, .mailRenamed, .mailRenameRefused, .mailNameRetired, .mailServed, .mailDelayed,
            .notificationRaised, .notificationRepeated, .notificationAcknowledged, .notificationResolved,
            .notificationDelivered, .notificationDeliveryFailed:
            break
        }
    }
}
