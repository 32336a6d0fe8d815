/// Writes one JSON text in the canonical form of RFC 8785: no white space, fields in ascending order, shortest numbers.
///
/// The caller names the fields in ascending order; a debug build traps where he does not. Appends to one byte array and
/// allocates nothing else.
public struct JSONWriter {
    /// What was written so far, UTF-8.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false
    #if DEBUG
        /// The last key of each object that is open.
        private var lastKeys: [String?] = []
        private var isCanonical = true
    #endif

    /// `isCanonical` false: fields in the order in which a person reads them.
    init(isCanonical: Bool) {
        self.init()
        #if DEBUG
            self.isCanonical = isCanonical
        #endif
    }

    /// An empty text; one value is to be written.
    public init() {
        bytes.reserveCapacity(256)
    }

    /// Writes an object; `body` writes its fields in ascending order.
    public mutating func object(_ body: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "{"))
        #if DEBUG
            lastKeys.append(nil)
        #endif
        body(&self)
        #if DEBUG
            lastKeys.removeLast()
        #endif
        close(UInt8(ascii: "}"))
    }

    /// Writes an array; `each` writes exactly one value for each element.
    public mutating func array<Elements: Sequence>(
        _ elements: Elements, _ each: (inout JSONWriter, Elements.Element) -> Void
    ) {
        open(UInt8(ascii: "["))
        for element in elements { each(&self, element) }
        close(UInt8(ascii: "]"))
    }

    /// The name of the next field; its value must follow.
    public mutating func key(_ name: String) {
        #if DEBUG
            if isCanonical, let last = lastKeys.popLast() {
                let ascends = last.map { $0.utf16.lexicographicallyPrecedes(name.utf16) } ?? true
                assert(ascends, "field '\(name)' is written behind '\(last ?? "")'")
                lastKeys.append(name)
            }
        #endif
        value(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a field whose value is a string.
    public mutating func field(_ name: String, _ text: String) {
        key(name)
        value(text)
    }

    /// Writes a field whose value is a whole number.
    public mutating func field(_ name: String, _ number: Int) {
        key(name)
        value(number)
    }

    /// Writes a field that is true or false.
    public mutating func field(_ name: String, _ flag: Bool) {
        key(name)
        value(flag)
    }

    /// What is not known is absent, never null.
    public mutating func field(_ name: String, _ text: String?) {
        if let text { field(name, text) }
    }

    /// Nil leaves the field out: what is not known is absent, never null.
    public mutating func field(_ name: String, _ number: Int?) {
        if let number { field(name, number) }
    }

    /// Writes a string, escaped as RFC 8785 §3.2.2.2 wants it.
    public mutating func value(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        if Self.hasEscapes(text) {
            for byte in text.utf8 { appendEscaped(byte) }
        } else {
            bytes.append(contentsOf: text.utf8)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func hasEscapes(_ text: String) -> Bool {
        let bytes = text.utf8Span.span
        for at in bytes.indices {
            let byte = bytes[at]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return true }
        }
        return false
    }

    /// Writes a whole number in decimal.
    public mutating func value(_ number: Int) {
        separate()
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        // The last digit comes first.
        var (start, rest) = (bytes.count, number.magnitude)
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        var end = bytes.count - 1
        while start < end {
            bytes.swapAt(start, end)
            (start, end) = (start + 1, end - 1)
        }
    }

    /// Writes `true` or `false`.
    public mutating func value(_ flag: Bool) {
        separate()
        bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    }

    /// A value that already is canonical JSON.
    public mutating func raw(_ json: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    /// RFC 8785 §3.2.2.2: two-character escapes where JSON has them, lower-case \u00xx for other controls, the rest as is.
    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): bytes.append(contentsOf: [0x5c, 0x22])
        case UInt8(ascii: "\\"): bytes.append(contentsOf: [0x5c, 0x5c])
        case 0x08: bytes.append(contentsOf: [0x5c, UInt8(ascii: "b")])
        case 0x09: bytes.append(contentsOf: [0x5c, UInt8(ascii: "t")])
        case 0x0a: bytes.append(contentsOf: [0x5c, UInt8(ascii: "n")])
        case 0x0c: bytes.append(contentsOf: [0x5c, UInt8(ascii: "f")])
        case 0x0d: bytes.append(contentsOf: [0x5c, UInt8(ascii: "r")])
        case 0..<0x20:
            bytes.append(contentsOf: [0x5c, UInt8(ascii: "u"), 0x30, 0x30])
            bytes.append(hexDigit(byte >> 4))
            bytes.append(hexDigit(byte & 15))
        default: bytes.append(byte)
        }
    }

    private func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? 0x30 + nibble : 0x61 + nibble - 10
    }
}
