import Events
import Projections
import Testing

@Suite("Users")
struct UserTests {
    private func scene() throws -> Scene {
        var scene = Scene()
        try scene.give(.addUser(UserAdded(user: "olga", role: .owner, email: "olga@example.com")))
        try scene.give(.addUser(UserAdded(user: "ute", role: .user)))
        return scene
    }

    @Test("are added once: again with the same role and address changes nothing, with others it is refused")
    func added() throws {
        var scene = try scene()
        let mark = scene.facts.count
        try scene.give(.addUser(UserAdded(user: "ute", role: .user)))
        #expect(scene.facts.count == mark)
        expectRefused(.userExists) { try scene.give(.addUser(UserAdded(user: "ute", role: .admin))) }
        expectRefused(.userExists) { try scene.give(.addUser(UserAdded(user: "ute", role: .user, email: "u@x.y"))) }
        #expect(scene.platform.users.all.map(\.name) == ["olga", "ute"])
    }

    @Test("have one owner at least, once there is one")
    func lastOwner() throws {
        var scene = try scene()
        expectRefused(.lastOwner) { try scene.give(.removeUser("olga")) }
        expectRefused(.lastOwner) { try scene.give(.setRole("olga", .admin)) }
        try scene.give(.setRole("olga", .owner))
        try scene.give(.setRole("ute", .owner))
        try scene.give(.setRole("olga", .mailmanager))
        #expect(scene.platform.users["olga"]?.role == .mailmanager)
        expectRefused(.lastOwner) { try scene.give(.removeUser("ute")) }
    }

    @Test("that are removed are operators no more, so that who comes by the same name is nobody special")
    func removed() throws {
        var scene = try scene()
        try scene.give(
            .changeApps(
                registered: [
                    AppRegistered(app: "blog", settings: AppSettings(domain: "blog.x.y", operators: ["olga", "ute"]))
                ], changed: []))
        let mark = scene.facts.count
        try scene.give(.removeUser("ute"))
        #expect(scene.kinds(since: mark) == ["app.changed", "user.removed"])
        try scene.give(.addUser(UserAdded(user: "ute", role: .user)))
        #expect(scene.platform.apps["blog"]?.settings.operators == ["olga"])
    }

    @Test("that are unknown, and names and addresses that are none, are refused")
    func refusals() throws {
        var scene = try scene()
        expectRefused(.noSuchUser) { try scene.give(.removeUser("nobody")) }
        expectRefused(.noSuchUser) { try scene.give(.setRole("nobody", .user)) }
        expectRefused(.noSuchUser) { try scene.give(.setEmail("nobody", nil)) }
        for name in ["", "-x", "a/b", "a b", "..", String(repeating: "n", count: 65)] {
            expectRefused(.invalid) { try scene.give(.addUser(UserAdded(user: name, role: .user))) }
        }
        for address in ["x", "x@", "@y", "x@y z", "x\r\n@y.z", "a@b@c d", "<x@y.z>", "x@y..z", "\"a b\"@y.z"] {
            expectRefused(.invalid) { try scene.give(.setEmail("ute", address)) }
        }
        try scene.give(.setEmail("ute", "u+x@host"))
        #expect(scene.platform.users["ute"]?.email == "u+x@host")
    }
}

/// The command is refused for that reason.
func expectRefused(
    _ code: Refusal.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
    let error = #expect(throws: Refusal.self, sourceLocation: sourceLocation) { try body() }
    #expect(error?.code == code, "\(error?.message ?? "")", sourceLocation: sourceLocation)
}
