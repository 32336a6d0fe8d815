import Testing

@Suite("The guided scenario")
struct DemoTests {
    @Test("leaves a log that is as it must be")
    func demo() async throws {
        let site = try await Site.make()
        let answer = try await site.run("demo", "--database", try #require(site.database))
        #expect(answer.status == 0, "\(answer.error)")
        try await site.expectSound()
    }
}
