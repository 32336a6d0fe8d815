import Events
import System
import Testing

@testable import Network

@Suite("A DNS message")
struct DNSMessageTests {
    private let question: [UInt8]

    init() throws { question = DNSMessage.question(try name("mail.example.com"), .a, identity: 0x1234) }

    /// An answer that repeats the question, with these records behind it.
    private func answer(_ records: [[UInt8]] = [], code: UInt8 = 0, flags: UInt8 = 0x81) -> [UInt8] {
        var bytes = question
        bytes[2] = flags
        bytes[3] = 0x80 | code
        bytes[7] = UInt8(records.count)
        return bytes + records.joined()
    }

    private let address: [UInt8] = [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 172, 18, 30, 4]

    @Test("asks for one name, with recursion")
    func asks() {
        let expected: [UInt8] =
            [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4] + Array("mail".utf8) + [7] + Array("example".utf8) + [3]
            + Array("com".utf8) + [0, 0, 1, 0, 1]
        #expect(question == expected)
    }

    @Test("tells addresses with their time to live, those behind an alias too")
    func addresses() {
        let alias: [UInt8] = [0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 4, 1, 0x78, 0xC0, 12]
        let behind: [UInt8] = [1, 0x78, 0xC0, 12] + address[2...]
        let found = DNSAnswer.Address(octets: [172, 18, 30, 4], seconds: 30)
        #expect(DNSMessage.answer(answer([address]), to: question, .a) == .addresses([found]))
        #expect(DNSMessage.answer(answer([alias, behind]), to: question, .a) == .addresses([found]))
        #expect(DNSMessage.answer(answer([alias]), to: question, .a) == .noData)
        #expect(found.description == "172.18.30.4")
    }

    @Test("tells what there is not, and what is not told")
    func others() {
        #expect(DNSMessage.answer(answer(), to: question, .a) == .noData)
        #expect(DNSMessage.answer(answer(code: 3), to: question, .a) == .noSuchName)
        #expect(DNSMessage.answer(answer(code: 2), to: question, .a) == .failure("it failed (SERVFAIL)"))
        #expect(DNSMessage.answer(answer(code: 5), to: question, .a) == .failure("it refused to answer (REFUSED)"))
        #expect(DNSMessage.answer(answer(code: 4), to: question, .a) == .failure("it failed (response code 4)"))
        #expect(
            DNSMessage.answer(answer([address], flags: 0x83), to: question, .a)
                == .failure("its answer does not fit into a datagram"))
    }

    @Test("that is no answer to the question is none")
    func noise() throws {
        var other = answer([address])
        other[0] = 0x13
        #expect(DNSMessage.answer(other, to: question, .a) == nil)
        let elsewhere = DNSMessage.question(try name("mail.example.org"), .a, identity: 0x1234)
        #expect(DNSMessage.answer(answer([address]), to: elsewhere, .a) == nil)
        let ofOtherType = DNSMessage.question(try name("mail.example.com"), .aaaa, identity: 0x1234)
        #expect(DNSMessage.answer(answer([address]), to: ofOtherType, .aaaa) == nil)
        #expect(DNSMessage.answer(question, to: question, .a) == nil)
        #expect(DNSMessage.answer([], to: question, .a) == nil)
        var capital = answer([address])
        capital[13] = UInt8(ascii: "M")
        #expect(DNSMessage.answer(capital, to: question, .a) != nil)
    }

    @Test("that is cut off or spoilt anywhere is read without harm")
    func spoilt() {
        let whole = answer([address, address])
        for count in whole.indices {
            let answer = DNSMessage.answer(Array(whole[..<count]), to: question, .a)
            #expect(answer == nil || answer == .failure("its answer is malformed"))
        }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<3 { bytes[Int.random(in: 2..<bytes.count, using: &generator)] = .random(in: 0...255) }
            _ = DNSMessage.answer(bytes, to: question, .a)
        }
    }

    @Test("is asked of nobody: nobody listens, and that is told at once")
    func nobody() async throws {
        let nowhere = try #require(ListenAddress(written: "127.83.19.7:9"))
        let answer = await DNSQuestion(try name("mail.example.com"), .a).ask(nowhere, within: .seconds(600))
        #expect(answer == .noAnswer("127.83.19.7:9 does not answer: nobody listens at 127.83.19.7:9"))
    }
}
