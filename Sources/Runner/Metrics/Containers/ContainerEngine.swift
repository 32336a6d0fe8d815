internal import Collector
internal import System

/// Docker's engine, or another one with its API. It is asked for the list of what runs, which changes nothing, and for nothing else.
struct ContainerEngine: Sendable {
    /// The most that it may answer: a container takes some two kilobytes.
    static let maximumAnswerBytes = 8 << 20
    /// The most that its answer may take.
    static let patience = Duration.seconds(1)
    /// What is repeated of its words.
    private static let maximumWordBytes = 200

    let socket: String

    /// Of HTTP/1.0: then an answer comes in one piece and ends with the connection (RFC 9112, sections 6.1 and 9.3).
    private static let request = Array(
        "GET /containers/json HTTP/1.0\r\nHost: localhost\r\nAccept: application/json\r\n\r\n".utf8)

    /// The containers that run. Blocks, no longer than `time`.
    func running(within time: Duration = patience) throws(Problem) -> RunningContainers {
        let answer: [UInt8]
        do throws(SystemError) {
            answer = try LocalQuestion.ask(
                socket, Self.request, limit: Self.maximumAnswerBytes, until: .now.advanced(by: time))
        } catch {
            throw problem("which containers run is not known: \(error.message)")
        }
        guard let (status, body) = Self.parts(of: answer) else { throw problem("what answers there speaks no HTTP") }
        guard status == "200" else { throw problem("the list of containers was refused: \(status) \(words(body))") }
        do throws(RunningContainers.Refusal) {
            return try RunningContainers(body)
        } catch {
            throw problem("the list of containers is not as it should be: \(error.words)")
        }
    }

    private func problem(_ message: String) -> Problem { Problem(source: socket, message: message) }

    /// Status and content; nil where it is no whole answer. A newline behind the content is none of it.
    private static func parts(of answer: [UInt8]) -> (status: String, body: [UInt8])? {
        guard answer.starts(with: "HTTP/1.".utf8), let end = answer.firstRange(of: Array("\r\n\r\n".utf8)) else {
            return nil
        }
        let line = answer.prefix { $0 != UInt8(ascii: "\r") }.split(separator: UInt8(ascii: " "))
        guard line.count > 1 else { return nil }
        var body = answer[end.upperBound...]
        if body.last == UInt8(ascii: "\n") { body.removeLast() }
        return (String(decoding: line[1], as: UTF8.self), Array(body))
    }

    private func words(_ body: [UInt8]) -> String {
        let printable = body.prefix(Self.maximumWordBytes).map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: "?") : $0 }
        return String(decoding: printable, as: UTF8.self)
    }
}
