/// A protobuf message in the making, with what etcd's requests need of it.
struct Protobuf {
    private(set) var bytes: [UInt8] = []

    mutating func field(_ number: Int, _ value: Int) {
        varint(UInt64(number << 3))
        varint(UInt64(value))
    }

    mutating func field(_ number: Int, _ content: [UInt8]) {
        varint(UInt64(number << 3 | 2))
        varint(UInt64(content.count))
        bytes += content
    }

    mutating func field(_ number: Int, _ body: (inout Protobuf) -> Void) {
        field(number, Protobuf(body).bytes)
    }

    init(_ body: (inout Protobuf) -> Void) {
        body(&self)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest > 0x7f {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// The first whole number under `number` in an encoded message.
    static func number(_ number: Int, in bytes: [UInt8]) -> Int? {
        var rest = bytes[...]
        func varint() -> UInt64? {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while let byte = rest.popFirst() {
                value |= UInt64(byte & 0x7f) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            return nil
        }
        while let key = varint(), let value = varint() {
            switch key & 7 {
            case 0: if key >> 3 == number { return Int(value) }
            case 2: rest = rest.dropFirst(Int(value))
            default: return nil
            }
        }
        return nil
    }
}
