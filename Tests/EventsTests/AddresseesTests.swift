import Events
import Testing

@Suite("Whom a notification is for")
struct AddresseesTests {
    @Test(
        "is written as it is read, sorted",
        arguments: [
            ["owner"], ["admin"], ["usermanager"], ["mailmanager"], ["operator:blog"], ["admin", "operator:blog"],
            ["user"],
        ])
    func roundTrip(texts: [String]) {
        #expect(Addressees(texts)?.texts == texts)
        #expect(Addressees(texts.reversed() + texts)?.texts == (texts == ["user"] ? nil : texts))
    }

    @Test(
        "is never nobody, nobody known, or ordinary users among those who run the platform",
        arguments: [
            [], [""], ["all"], ["operator:"], ["user", "admin"], ["admin", "user"], ["user", "user"], ["Admin"],
        ])
    func refused(texts: [String]) {
        #expect(Addressees(texts) == nil)
    }

    @Test("is ordinary users by another way only")
    func users() {
        #expect(Staff("user") == nil && StaffAudience([]) == nil)
        #expect(Addressees.users.texts == ["user"])
        #expect(Severity.info < .warning && Severity.warning < .critical && Telling.critical < .resolved)
        #expect(Severity.allCases.map { Telling($0).rawValue } == Severity.allCases.map(\.rawValue))
    }
}
