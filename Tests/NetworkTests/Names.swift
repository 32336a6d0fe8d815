import Events
import Network
import PeerTesting
import System
import Testing

func name(_ text: String) throws -> HostName { try #require(HostName(canonical: text)) }

func names(_ texts: String...) throws -> Set<HostName> { Set(try texts.map(name)) }

extension PeerAddress {
    var listenAddress: ListenAddress { get throws { try #require(ListenAddress(written: description)) } }
}

/// Asks until something holds: a server needs some time, and a busy machine gives it little.
func eventually(_ holds: () async throws -> Bool) async throws {
    let deadline = MonotonicTime.now.advanced(milliseconds: 60_000)
    while !(try await holds()) {
        try #require(MonotonicTime.now < deadline, "it never came")
        await Task.yield()
    }
}

/// What a server says of a name, once it answers at all.
func answer(_ asked: HostName, _ kind: DNSQuestion.Kind, _ server: PeerAddress) async throws -> DNSAnswer {
    let address = try server.listenAddress
    while true {
        let answer = await DNSQuestion(asked, kind).ask(address, within: .seconds(20))
        guard case .noAnswer = answer else { return answer }
        try Task.checkCancellation()
    }
}

/// The addresses in an answer, as text.
func addresses(_ answer: DNSAnswer) -> [String]? {
    if case .addresses(let found) = answer { found.map(\.description) } else { nil }
}
