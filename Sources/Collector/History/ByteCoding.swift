/// Numbers as few bytes as they need, seven bits each, and texts.
struct ByteWriter {
    var bytes: [UInt8] = []

    mutating func put(_ number: UInt64) {
        var rest = number
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Small ones of either sign are short.
    mutating func put(signed number: Int) { put(UInt64(bitPattern: Int64(number << 1 ^ number >> 63))) }

    mutating func put(_ text: String) {
        put(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func put(flags: [Bool]) {
        for start in stride(from: 0, to: flags.count, by: 8) {
            bytes.append(flags[start..<min(start + 8, flags.count)].reversed().reduce(0) { $0 << 1 | ($1 ? 1 : 0) })
        }
    }
}

/// Reads what a ``ByteWriter`` wrote, or anything else, never past its end.
struct ByteReader {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var rest: Int { bytes.count - position }

    mutating func byte() throws(DamagedBlock) -> UInt8 {
        guard position < bytes.count else { throw DamagedBlock(message: "it ends too early") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func number() throws(DamagedBlock) -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            let byte = try byte()
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        throw DamagedBlock(message: "a number in it is too long")
    }

    /// A number that says how much there is of something.
    mutating func count(atMost limit: Int) throws(DamagedBlock) -> Int {
        let number = try number()
        guard number <= UInt64(limit) else { throw DamagedBlock(message: "it says it holds more than it can") }
        return Int(number)
    }

    /// `start` and a signed difference.
    mutating func sum(_ start: Int) throws(DamagedBlock) -> Int {
        let number = try number()
        let difference = Int(number >> 1) ^ -Int(number & 1)
        let (sum, overflow) = start.addingReportingOverflow(difference)
        guard !overflow else { throw DamagedBlock(message: "a number in it is too large") }
        return sum
    }

    mutating func text() throws(DamagedBlock) -> String {
        let length = try count(atMost: rest)
        defer { position += length }
        guard let text = String(validating: bytes[position..<position + length], as: UTF8.self) else {
            throw DamagedBlock(message: "a text in it is no UTF-8")
        }
        return text
    }

    mutating func flags(_ count: Int) throws(DamagedBlock) -> [Bool] {
        var flags: [Bool] = []
        while flags.count < count {
            let byte = try byte()
            for bit in 0..<min(8, count - flags.count) { flags.append(byte >> bit & 1 == 1) }
        }
        return flags
    }
}
