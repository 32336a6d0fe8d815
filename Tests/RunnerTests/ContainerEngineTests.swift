import Foundation
import System
import Testing

@testable import Collector
@testable import Runner

@Suite("The container engine", .timeLimit(.minutes(5)))
struct ContainerEngineTests {
    private static func id(_ digit: Character) -> String { String(repeating: digit, count: 64) }
    private static let head = "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n"
    /// As Docker 20.10 answers, shortened.
    private static let list = """
        [{"Id":"\(id("a"))","Names":["/blog"],"Image":"app","Command":"sh -c \\"x\\"","Created":1797000000,"Ports":[],\
        "Labels":{"Id":"x","Names":"[]"},"State":"running","HostConfig":{"NetworkMode":"none"},"Mounts":[{"Source":"{["}]},\
        {"Names":["/web/wiki","/wiki.1"],"Id":"\(id("b"))"},{"Id":"\(id("c"))","Names":[]}]\n
        """

    /// On a thread that may be blocked.
    private func ask(_ stub: EngineStub, within time: Duration = .seconds(60)) async throws -> Result<
        [String: String], Problem
    > {
        let socket = stub.path
        return try await BlockingCall.run {
            Result { () throws(Problem) in try ContainerEngine(socket: socket).running(within: time).ids }
        }
    }

    private func problem(_ answer: String) async throws -> String? {
        let stub = try EngineStub(Array(answer.utf8))
        guard case .failure(let problem) = try await ask(stub) else { return nil }
        #expect(problem.source == stub.path)
        return problem.message
    }

    @Test("says which containers run by their own names, not by those that others have for them")
    func names() async throws {
        let stub = try EngineStub(Array((Self.head + Self.list).utf8))
        #expect(try await ask(stub).get() == ["blog": Self.id("a"), "wiki.1": Self.id("b")])
        let none = try EngineStub(Array((Self.head + "[]\n").utf8))
        #expect(try await ask(none).get() == [:])
    }

    @Test("whose list is not as it should be is not believed a part of it")
    func garbage() async throws {
        let lists = [
            "", "null", "{}", "[{}]", "[{\"Id\":1}]", #"[{"Id":"../../x","Names":["/blog"]}]"#,
            #"[{"Id":"\#(Self.id("A"))","Names":["/blog"]}]"#, #"[{"Id":"\#(Self.id("a"))","Names":"/blog"}]"#,
            #"[{"Id":"\#(Self.id("a"))","Names":["/blog"]},{"Id":"\#(Self.id("b"))","Names":["/blog"]}]"#,
            #"[{"Id":"\#(Self.id("a"))","Names":["/blog"]}] more"#, String(repeating: "[", count: 100_000),
            #"[{"Id":"\#(Self.id("a"))","x":\#(String(repeating: "[", count: 100_000))"#, "<html>", "\u{0}\u{ff}",
        ]
        for list in lists {
            let words = try await problem(Self.head + list)
            #expect(words?.hasPrefix("the list of containers is not as it should be: ") == true, "\(list.prefix(80))")
        }
        // Whichever part of it comes, cut by a connection that ended.
        for count in stride(from: 0, to: Self.list.utf8.count - 1, by: 7) {
            #expect(try await problem(Self.head + String(Self.list.utf8.prefix(count))!) != nil, "\(count)")
        }
    }

    @Test("that refuses, or is none, is told with its words")
    func refusals() async throws {
        let refusal = "HTTP/1.0 500 Internal Server Error\r\n\r\n{\"message\":\"no\"}\n"
        #expect(try await problem(refusal) == "the list of containers was refused: 500 {\"message\":\"no\"}")
        for answer in ["", "HTTP/1.", "HTTP/1.0 200 OK\r\n", "HTTP/1.0\r\n\r\n[]", "SSH-2.0-x\r\n\r\n[]"] {
            #expect(try await problem(answer) == "what answers there speaks no HTTP", "\(answer)")
        }
    }

    @Test("that answers without end, or not to the end, is not waited for")
    func bounded() async throws {
        let endless = [UInt8](repeating: UInt8(ascii: "x"), count: ContainerEngine.maximumAnswerBytes + 1)
        let giant = try EngineStub(endless, closes: false)
        guard case .failure(let much) = try await ask(giant) else { throw Expected() }
        #expect(much.message.hasSuffix("has more than \(ContainerEngine.maximumAnswerBytes) bytes"))
        for part in [0, 5, 200] {
            let slow = try EngineStub(Array((Self.head + Self.list).utf8.prefix(part)), closes: false)
            guard case .failure(let late) = try await ask(slow, within: .milliseconds(20)) else { throw Expected() }
            #expect(late.message.hasSuffix("gave no whole answer in time"))
        }
    }

    @Test("that is not there, or lets nobody in, is told at once")
    func away() async throws {
        let deaf = try EngineStub(nil)
        while deaf.connectInVain() {}
        guard case .failure(let busy) = try await ask(deaf) else { throw Expected() }
        #expect(busy.message.contains("cannot connect to \(deaf.path)"))
        let path = deaf.path + "-none"
        #expect(throws: Problem.self) { try ContainerEngine(socket: path).running() }
    }

    private struct Expected: Error {}
}
