/// The form of all small files of an attempt: a heading `interlock KIND 1`, entries `key=value` and the closing `end`, each
/// ended by NUL. Bytes pass as they are (only NUL cannot occur), keys may repeat, and a cut-off file is noticed.
/// `tr '\0' '\n'` shows it to a person.
struct Fields {
    private(set) var entries: [(key: String, value: [UInt8])] = []

    mutating func add(_ key: String, _ value: [UInt8]) { entries.append((key, value)) }

    mutating func add(_ key: String, _ value: String?) {
        if let value { add(key, Array(value.utf8)) }
    }

    mutating func add(_ key: String, _ value: (some BinaryInteger)?) {
        if let value { add(key, String(value)) }
    }

    /// Every value of a key, in order.
    func all(_ key: String) -> [[UInt8]] { entries.filter { $0.key == key }.map(\.value) }

    func text(_ key: String) -> String? {
        entries.first { $0.key == key }.map { String(decoding: $0.value, as: UTF8.self) }
    }

    func number<Number: FixedWidthInteger>(_ key: String) throws(SystemError) -> Number? {
        guard let text = text(key) else { return nil }
        guard let number = Number(text) else { throw SystemError(.malformed, "\(key) is \(text), not a number") }
        return number
    }

    func required<Value>(_ value: Value?, _ key: String) throws(SystemError) -> Value {
        guard let value else { throw SystemError(.malformed, "\(key) is missing") }
        return value
    }

    /// The bytes of a file of this kind. Throws `.malformed` for a value that holds a NUL, `.tooLarge` beyond the limit.
    func encoded(kind: String, limit: Int) throws(SystemError) -> [UInt8] {
        var bytes = Self.heading(kind)
        for (key, value) in entries {
            guard !value.contains(0) else { throw SystemError(.malformed, "\(key) holds a NUL") }
            bytes += Array("\(key)=".utf8) + value + [0]
        }
        bytes += Self.closing
        guard bytes.count <= limit else {
            throw SystemError(.tooLarge, "\(kind) takes \(bytes.count) bytes of at most \(limit)")
        }
        return bytes
    }

    init() {}

    /// Reads a file of this kind. Throws `.malformed` when it is of another kind, cut off or damaged.
    init(_ bytes: [UInt8], kind: String) throws(SystemError) {
        let heading = Self.heading(kind)
        guard bytes.starts(with: heading), bytes.suffix(Self.closing.count + 1).elementsEqual([0] + Self.closing) else {
            throw SystemError(.malformed, "this is no whole \(kind) file")
        }
        for line in bytes.dropFirst(heading.count).dropLast(Self.closing.count).split(separator: 0) {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else {
                throw SystemError(.malformed, "a line of the \(kind) file is no key=value")
            }
            add(String(decoding: line[..<equals], as: UTF8.self), Array(line[(equals + 1)...]))
        }
    }

    private static func heading(_ kind: String) -> [UInt8] { Array("interlock \(kind) 1".utf8) + [0] }
    private static let closing = Array("end".utf8) + [0]
}

extension Fields {
    mutating func add(_ identity: ProcessIdentity) {
        add("boot", identity.bootID)
        add("namespace", identity.pidNamespace)
        add("pid", identity.pid)
        add("ticks", identity.startTicks)
    }

    func identity() throws(SystemError) -> ProcessIdentity {
        ProcessIdentity(
            bootID: try required(text("boot"), "boot"), pidNamespace: try required(number("namespace"), "namespace"),
            pid: try required(number("pid"), "pid"), startTicks: try required(number("ticks"), "ticks"))
    }
}
