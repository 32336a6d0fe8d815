internal import Events

/// Questions and answers of the Domain Name System on the wire (RFC 1035 section 4), as far as one question needs them.
enum DNSMessage {
    private static let recursionDesired: UInt8 = 0x01
    private static let isResponse: UInt8 = 0x80
    private static let isTruncated: UInt8 = 0x02
    private static let internet: UInt16 = 1
    private static let headerBytes = 12
    /// RFC 1035 section 4.1.4: the two upper bits of a length octet that is none.
    private static let pointer: UInt8 = 0xC0

    /// The octets of a question with its identity.
    static func question(_ name: HostName, _ kind: DNSQuestion.Kind, identity: UInt16) -> [UInt8] {
        let counts: [UInt16] = [1, 0, 0, 0]
        var bytes = octets(identity) + [recursionDesired, 0] + counts.flatMap(octets)
        for label in name.text.utf8.split(separator: UInt8(ascii: ".")) { bytes += [UInt8(label.count)] + label }
        return bytes + [0] + octets(kind.rawValue) + octets(internet)
    }

    /// What a datagram says to a question that was sent; nil when it is no answer to it, but noise.
    static func answer(_ bytes: [UInt8], to question: [UInt8], _ kind: DNSQuestion.Kind) -> DNSAnswer? {
        guard bytes.count >= headerBytes, bytes[..<2] == question[..<2], bytes[2] & isResponse != 0 else { return nil }
        let code = bytes[3] & 0x0F
        // A server that refuses may leave the question out (RFC 1035 section 4.1.1 does not say).
        let isRepeated = echoes(bytes, question)
        switch code {
        case 0 where isRepeated:
            if bytes[2] & isTruncated != 0 { return .failure("its answer does not fit into a datagram") }
            guard let found = addresses(bytes, from: question.count, kind) else {
                return .failure("its answer is malformed")
            }
            return found.isEmpty ? .noData : .addresses(found)
        case 3 where isRepeated: return .noSuchName
        case 2: return .failure("it failed (SERVFAIL)")
        case 5: return .failure("it refused to answer (REFUSED)")
        case 0, 3: return nil
        default: return .failure("it failed (response code \(code))")
        }
    }

    /// Whether it repeats the one question, letter by letter but for their case.
    private static func echoes(_ bytes: [UInt8], _ question: [UInt8]) -> Bool {
        guard bytes.count >= question.count, bytes[4] == 0, bytes[5] == 1 else { return false }
        return zip(bytes[headerBytes...], question[headerBytes...]).allSatisfy { small($0) == small($1) }
    }

    /// The addresses among the records that answer, in their order; nil when the records do not end where they should.
    private static func addresses(
        _ bytes: [UInt8], from start: Int, _ kind: DNSQuestion.Kind
    ) -> [DNSAnswer.Address]? {
        var found: [DNSAnswer.Address] = []
        var at = start
        for _ in 0..<number(bytes, 6) {
            guard let record = endOfName(bytes, from: at), record + 10 <= bytes.count else { return nil }
            let size = number(bytes, record + 8)
            let data = record + 10
            guard data + size <= bytes.count else { return nil }
            at = data + size
            guard number(bytes, record) == Int(kind.rawValue), number(bytes, record + 2) == Int(internet) else {
                continue
            }
            guard size == kind.addressBytes else { return nil }
            let seconds = number(bytes, record + 4) << 16 | number(bytes, record + 6)
            found.append(DNSAnswer.Address(octets: Array(bytes[data..<at]), seconds: seconds))
        }
        return found
    }

    /// Behind a name, which is labels up to an empty one or to a pointer; nil when it does not end.
    private static func endOfName(_ bytes: [UInt8], from start: Int) -> Int? {
        var at = start
        while at < bytes.count {
            let length = bytes[at]
            if length == 0 { return at + 1 }
            if length & pointer == pointer { return at + 2 }
            guard length & pointer == 0 else { return nil }
            at += 1 + Int(length)
        }
        return nil
    }

    private static func number(_ bytes: [UInt8], _ at: Int) -> Int { Int(bytes[at]) << 8 | Int(bytes[at + 1]) }

    private static func octets(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)] }

    private static func small(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 0x20 : byte
    }
}
