import Events
import Foundation
import Testing

@testable import Projections

/// Who may see which field of which record: `matrix.tsv`, made from the field lists as they are. A field that is new, or shown
/// to somebody else than before, stands in the difference of that file.
@Suite("The matrix of views")
struct MatrixTests {
    /// Somebody who looks, and what he has to do with the record.
    private static let onlookers: [(name: String, onlooker: Onlooker)] =
        Role.allCases.map { ($0.rawValue, Onlooker(Viewer(role: $0, name: "ann", operates: []))) } + [
            (
                "operator",
                Onlooker(Viewer(role: .user, name: "ann", operates: ["blog"])).before(
                    Thing(about: .apps(["wiki", "blog"])))
            ),
            (
                "addressee",
                Onlooker(Viewer(role: .user, name: "ann", operates: [])).before(Thing(about: .addressed(.users)))
            ),
            ("subject", Onlooker(Viewer(role: .user, name: "ann", operates: [])).before(Thing(about: .user("ann")))),
        ]

    private struct Thing: Viewable {
        var about: Subject
    }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    static var text: String {
        var lines = [(["record", "field"] + onlookers.map(\.name)).joined(separator: "\t")]
        for list in fieldLists {
            for field in list.fields {
                let cells = onlookers.map { field.audience.includes($0.onlooker) ? "yes" : "-" }
                lines.append(([list.name, field.name] + cells).joined(separator: "\t"))
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// `INTERLOCK_RECORD=1 swift test --filter MatrixTests` writes it anew: look at the difference before it is kept.
    @Test("is what it was")
    func golden() throws {
        let file = Self.folder.appending(path: "matrix.tsv")
        if ProcessInfo.processInfo.environment["INTERLOCK_RECORD"] == "1" {
            try Self.text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == Self.text)
    }

    @Test("has every field list of the room, and every field of them")
    func complete() throws {
        let room = Self.folder.appending(path: "../../../Sources/Projections/Views").standardized
        var declared: [String] = []
        var fields = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: room.path) where name.hasSuffix(".swift") {
            let text = try String(contentsOf: room.appending(path: name), encoding: .utf8)
            declared += text.matches(of: /(?:let|var) (\w+)Fields: \[Field</).map { String($0.1) }
            // Where a list has no name of its own, nobody looks at it.
            fields +=
                text.matches(of: /\.(?:everyone|operators|usermanagers|mailmanagers|addressees|administrators)\("/)
                .count
            if name != "Field.swift" { #expect(!text.contains(".fields(("), "\(name): list the fields of a part too") }
        }
        #expect(declared.sorted() == fieldLists.map(\.name).sorted())
        let made = ["count", "taskLife"]
        #expect(fieldLists.filter { !made.contains($0.name) }.reduce(0) { $0 + $1.fields.count } == fields)
        #expect(Set(fieldLists.map(\.name)).count == fieldLists.count)
    }

    @Test("names each field of a record once")
    func names() {
        for list in fieldLists { #expect(Set(list.fields.map(\.name)).count == list.fields.count, "\(list.name)") }
    }

    @Test("is about records that cannot be encoded but by a view", arguments: fieldLists.map(\.name))
    func notEncodable(name: String) throws {
        let list = try #require(fieldLists.first { $0.name == name })
        #expect(!list.isEncodable)
    }

    @Test("lets in nobody by another relation, and administrators always", arguments: Audience.allCases)
    func audiences(audience: Audience) {
        func sees(_ role: Role, _ operates: Set<String>, _ name: String?, _ about: Subject) -> Bool {
            audience.includes(Onlooker(Viewer(role: role, name: name, operates: operates)).before(Thing(about: about)))
        }
        for about in [Subject.platform, .apps(["wiki"]), .apps([]), .user("bob"), .whole] {
            #expect(sees(.owner, [], nil, about) && sees(.admin, [], nil, about))
            #expect(sees(.user, ["blog"], "ann", about) == (audience == .everyone), "\(about)")
            #expect(sees(.usermanager, ["blog"], "ann", about) == [.everyone, .usermanagers].contains(audience))
            #expect(sees(.mailmanager, ["blog"], "ann", about) == [.everyone, .mailmanagers].contains(audience))
        }
        #expect(sees(.user, ["blog"], "ann", .apps(["wiki", "blog"])) == [.everyone, .operators].contains(audience))
        #expect(sees(.user, [], "ann", .user("ann")) == [.everyone, .usermanagers].contains(audience))
        #expect(
            sees(.user, ["blog"], "ann", .addressed(.staff(StaffAudience(.operators(of: "blog")))))
                == [.everyone, .addressees].contains(audience))
        let others = Addressees.staff(StaffAudience(.administrators, .usermanagers, .operators(of: "wiki")))
        #expect(sees(.user, ["blog"], "ann", .addressed(others)) == (audience == .everyone))
        #expect(
            sees(.mailmanager, ["blog"], "ann", .addressed(others)) == [.everyone, .mailmanagers].contains(audience))
        #expect(!sees(.user, [], nil, .user("")) || audience == .everyone)
    }

    @Test(
        "finds the app of a lock on or below it, and of nothing else",
        arguments: [
            ("/app/blog", "blog"), ("/app/blog/data", "blog"), ("/app", nil), ("/", nil), ("/apps/blog", nil),
            ("/type/app/blog", nil), ("/slots/app-task", nil),
        ])
    func apps(text: String, app: String?) throws {
        #expect(try path(text).app == app)
    }
}
