public import Events
public import System

/// A question to one DNS server about one name, exactly as it stands: no search list, no /etc/resolv.conf, no cache.
public struct DNSQuestion: Sendable, Hashable {
    /// What is asked for; the raw value is the record type (RFC 1035 section 3.2.2, RFC 3596).
    public enum Kind: UInt16, Sendable, Hashable {
        case a = 1
        case aaaa = 28

        var addressBytes: Int { self == .a ? 4 : 16 }
    }

    /// The name.
    public let name: HostName
    /// The kind of record.
    public let kind: Kind

    /// A question that was not asked yet.
    public init(_ name: HostName, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// How often a question is sent where no answer comes.
    public static let tries = 3
    /// The most octets of an answer over UDP without extensions (RFC 1035 section 2.3.4).
    static let maximumAnswerBytes = 512
    /// Datagrams that are no answer to the question are passed over, so many for each time it is sent.
    static let maximumNoise = 64

    /// Asks a server over UDP, up to three times in `time`. Datagrams that repeat another question, or have another identity,
    /// count for nothing. A cancelled task gets `.noAnswer`.
    public func ask(_ server: ListenAddress, within time: Duration) async -> DNSAnswer {
        var answer = DNSAnswer.noAnswer("\(server) does not answer")
        for _ in 0..<Self.tries {
            let deadline = MonotonicTime.now.advanced(by: time / Self.tries)
            do throws(SystemError) {
                if let found = try await once(server, until: deadline) { return found }
            } catch {
                answer = .noAnswer("\(server) does not answer: \(error)")
                // Nobody listens: somebody may in a moment, and that is the caller's next try.
                if error.code == .closed { return answer }
            }
            if Task.isCancelled { return answer }
        }
        return answer
    }

    private func once(
        _ server: ListenAddress, until deadline: MonotonicTime
    ) async throws(SystemError) -> DNSAnswer? {
        let connection = try DatagramConnection(to: server)
        // By chance, as everybody who guesses it could answer.
        let identity = try Host.randomBytes(2).reduce(UInt16(0)) { $0 << 8 | UInt16($1) }
        let question = DNSMessage.question(name, kind, identity: identity)
        try connection.send(question)
        for _ in 0..<Self.maximumNoise {
            guard let bytes = try await connection.receive(atMost: Self.maximumAnswerBytes, until: deadline) else {
                return nil
            }
            if let answer = DNSMessage.answer(bytes, to: question, kind) { return answer }
        }
        return nil
    }
}

/// What a DNS server said.
public enum DNSAnswer: Sendable, Hashable {
    /// An address and for how long it may be kept.
    public struct Address: Sendable, Hashable, CustomStringConvertible {
        /// 4 of an A record, 16 of an AAAA record.
        public let octets: [UInt8]
        /// The time to live in seconds.
        public let seconds: Int

        /// The address as it is written: `172.18.30.4`; IPv6 in full, in eight groups.
        public var description: String {
            if octets.count == 4 { return octets.map(String.init).joined(separator: ".") }
            return stride(from: 0, to: octets.count - 1, by: 2).map {
                String(Int(octets[$0]) << 8 | Int(octets[$0 + 1]), radix: 16)
            }.joined(separator: ":")
        }
    }

    /// The addresses of the answer, with those behind an alias.
    case addresses([Address])
    /// There is such a name, and nothing of this kind under it (NOERROR, no records).
    case noData
    /// There is no such name (NXDOMAIN).
    case noSuchName
    /// The server would or could not answer; says which.
    case failure(String)
    /// Nothing came: nobody listens there, or it took too long; says which.
    case noAnswer(String)
}
