import Glibc
import Testing

@testable import System

/// An answer of a web server.
struct WebPage {
    var status: Int
    var headers: [String: String] = [:]
    var body: String

    init(_ text: String) throws {
        // Closed unanswered.
        guard !text.isEmpty else { throw NeverHappened(what: "an answer") }
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let lines = try #require(parts.first).split(separator: "\r\n")
        let words = try #require(lines.first).split(separator: " ")
        status = try #require(Int(words.dropFirst().first ?? ""))
        for line in lines.dropFirst() {
            let words = line.split(separator: ": ", maxSplits: 1)
            headers[String(words[0])] = String(words[1])
        }
        body = parts.count > 1 ? String(parts[1]) : ""
    }

    /// The value of a sample, as it is written.
    func value(_ sample: String) -> Double? {
        body.split(separator: "\n").first { $0.hasPrefix(sample + " ") }
            .flatMap { Double($0.dropFirst(sample.count + 1)) }
    }
}

extension ListenAddress {
    /// A connection; nil where nobody listens.
    private func connect() -> StreamConnection? {
        let raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &target.sin_addr)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(raw, $0, size) }
        }
        let descriptor = Descriptor(owning: raw)
        guard result == 0 else { return nil }
        descriptor.setNonBlocking()
        return StreamConnection(descriptor)
    }

    var isReachable: Bool { connect() != nil }

    /// A connection that says nothing.
    func open() throws -> StreamConnection { try #require(connect()) }

    /// What comes after these bytes, up to the end.
    func answer(to request: String) async throws -> String {
        let connection = try open()
        let deadline = MonotonicTime.now.advanced(by: patience)
        try await connection.write(Array(request.utf8), until: deadline)
        var answer: [UInt8] = []
        while true {
            let part = try await connection.read(atMost: 64 << 10, until: deadline)
            if part.isEmpty { return String(decoding: answer, as: UTF8.self) }
            answer += part
        }
    }

    func get(_ path: String, method: String = "GET") async throws -> WebPage {
        try WebPage(try await answer(to: "\(method) \(path) HTTP/1.1\r\nHost: \(self)\r\n\r\n"))
    }
}

extension Interlock {
    /// Where a service says that its metrics are.
    func metricsAddress() throws -> ListenAddress {
        let log = try JSON.lines(error).compactMap(\.message.text)
        let words = try #require(log.last { $0.hasPrefix("metrics at http://") })
        let address = words.dropFirst("metrics at http://".count).prefix { $0 != "/" }
        return try #require(ListenAddress(written: String(address)))
    }
}
