import System

/// A mail server that takes everything (Debian's aiosmtpd), with what it got.
struct MailBox {
    static let host = "127.91.17.5"
    private static let port = 24_660
    static let address = "\(host):\(port)"

    private let process: ChildProcess
    private let output: String
    private let program: String

    init(_ stand: Stand) throws {
        (output, program) = (stand.directory + "/mails", stand.peers + "/mail_box.py")
        try DurableFile.remove(output)
        process = try DetachedProcess.start(Launch(Self.command(program)), output: .file(output))
        while try lines().first != "listening" {
            guard process.end == nil else { throw Failure(description: "aiosmtpd ended (python3-aiosmtpd)") }
            Pause.milliseconds(5)
        }
    }

    func end() { try? process.signal(Signals.kill) }

    private static func command(_ program: String, _ more: String...) -> [String] {
        ["/usr/bin/python3", program, host, "\(port)"] + more
    }

    private func lines() throws -> [Substring] {
        String(decoding: try DurableFile.read(output, limit: 64 << 20) ?? [], as: UTF8.self).split(separator: "\n")
    }

    /// Of each mail to somebody at bench.example who is called as `prefix` says: to whom, and its Message-ID.
    func mails(to prefix: String) throws -> [(recipient: Substring, id: Substring)] {
        try lines().map { $0.split(separator: " ") }.filter { $0.count == 2 && $0[0].hasPrefix(prefix) }
            .map { (recipient: $0[0], id: $0[1]) }
    }

    /// How many mails a second a plain client sends it by one connection.
    func rate(of count: Int, _ stand: Stand) async throws -> Double {
        let file = stand.directory + "/mail-client"
        try DurableFile.remove(file)
        let client = try DetachedProcess.start(Launch(Self.command(program, "\(count)")), output: .file(file))
        let end = await client.wait()
        let text = String(decoding: try DurableFile.read(file, limit: 1000) ?? [], as: UTF8.self)
        guard end.cause == .exited(0), let rate = Double(text.filter { !$0.isWhitespace }) else {
            throw Failure(description: "the mail client: \(end.evidence)")
        }
        return rate
    }
}
