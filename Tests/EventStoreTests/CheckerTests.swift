import LogChecking
import Testing

@Suite("The checker of exported logs")
struct CheckerTests {
    @Test("finds each rule kept by a log that keeps it, and broken by one that breaks it")
    func unittest() throws {
        let answer = try LogChecker.python(["-m", "unittest"])
        #expect(answer.status == 0, "\(answer.output)")
    }
}
