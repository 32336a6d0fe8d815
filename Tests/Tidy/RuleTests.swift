import Testing

/// A snippet, where it stands, and the rule that must catch it or let it pass.
struct Snippet: CustomTestStringConvertible {
    var rule: String
    var path: String
    var text: String

    init(_ rule: String, _ path: String, _ text: String) {
        self.rule = rule
        self.path = path
        self.text = text
    }

    var testDescription: String { "\(rule): \(text.prefix(60))" }

    func findings() throws -> [Finding] {
        let rule = try #require(TidyTests.rules.first { $0.name == self.rule })
        return rule.check(SourceFile(path: path, text: text))
    }
}

/// A rule that cannot fail is worse than none.
@Suite("A rule")
struct RuleTests {
    static let events = "Sources/Events/A.swift"
    static let runner = "Sources/Runner/A.swift"
    static let test = "Tests/ATests/A.swift"
    static let header = "Sources/CA/include/CA.h"

    static let caught = [
        Snippet("imports point downwards", events, "import Projections"),
        Snippet("imports point downwards", events, "public import MySQL"),
        Snippet("imports point downwards", events, "@preconcurrency internal import struct Foundation.Data"),
        Snippet("imports point downwards", runner, "import CMySQL"),
        Snippet("imports point downwards", runner, "import YAML"),
        Snippet("imports point downwards", "Sources/EventStore/A.swift", "import Projections"),
        Snippet("imports point downwards", "Sources/interlock-shim/A.swift", "import Glibc"),
        Snippet("imports point downwards", "Sources/Unheard/A.swift", "import Events"),
        Snippet("no unsafe code outside the rooms of C", events, "let p: UnsafePointer<Int>"),
        Snippet("no unsafe code outside the rooms of C", runner, "let x = unsafe f()"),
        Snippet("headers for Swift define nothing of Glibc's", header, "#include <sys/types.h>"),
        Snippet("no crash that input can cause", events, "let x = try! f()"),
        Snippet("no crash that input can cause", runner, "fatalError(\"no\")"),
        Snippet("no crash that input can cause", runner, "let x = y as! Int"),
        Snippet("no force unwrap", events, "let x = y!"),
        Snippet("no force unwrap", events, "f(a[0]!.b)"),
        Snippet("no force unwrap", events, "return g()!"),
        Snippet("no force unwrap", events, "var x: Int!"),
        Snippet("printing goes through one file", runner, "print(x)"),
        Snippet("only views make a View", "Sources/Projections/Locks/A.swift", "let v = View(json: json)"),
        Snippet("only views make a View", "Sources/interlock/A.swift", "return Projections.View.init(json: json)"),
        Snippet("only the pure wing makes a Rendition", "Sources/interlock/A.swift", "answer(Rendition(bytes))"),
        Snippet("records are not encodable", events, "public struct Session: Sendable, Codable {"),
        Snippet("records are not encodable", "Sources/Projections/A.swift", "extension TaskRecord: Encodable {}"),
        Snippet("answers go out as views", "Sources/interlock/Lock/A.swift", "context.streams.output(table.text)"),
        Snippet("texts stand in files of their own", "Sources/interlock/Lock/A.swift", "private struct A: ViewText {"),
        Snippet("texts stand in files of their own", "Sources/interlock/Lock/A.swift", "extension B: C, ViewText {"),
        Snippet("texts know views only", "Sources/interlock/Lock/AText.swift", "    let table: LockTable"),
        Snippet(
            "texts know views only", "Sources/interlock/Task/AText.swift", "func f(_ task: Projections.TaskStatus)"),
        Snippet(
            "texts know views only", "Sources/interlock/Deadlock/AText.swift", "for lane in [DeadlockStory.Lane]() {}"),
        Snippet("texts know views only", "Sources/interlock/Log/AText.swift", "let platform: Platform?"),
        Snippet("tests wait for signals, not for time", test, "try await Task.sleep(for: .seconds(1))"),
        Snippet("tests wait for signals, not for time", test, "usleep(5)"),
        Snippet("tests wait for signals, not for time", test, "Thread.sleep(forTimeInterval: 1)"),
        Snippet("clocks are read where the world is touched", events, "let now = ContinuousClock.now"),
        Snippet("clocks are read where the world is touched", "Sources/Projections/A.swift", "Date()"),
        Snippet("clocks are read where the world is touched", "Sources/EventStore/A.swift", "WallTime.now"),
        Snippet("processes are started by System only", runner, "let p = Process()"),
        Snippet("processes are started by System only", "Sources/interlock/A.swift", "posix_spawn(&pid)"),
        Snippet("processes are started by System only", runner, "let pid = fork()"),
        Snippet("no catch that crashes the compiler", events, "} catch where error.code == .x {"),
        Snippet("no catch that crashes the compiler", test, "} catch let e as E where e.code == .x {"),
        Snippet("files stay short", events, String(repeating: "\n", count: 400)),
        Snippet("files stay short", test, String(repeating: "\n", count: 800)),
        Snippet("functions stay short", events, "func f() {\n" + String(repeating: "a()\n", count: 68) + "}"),
        Snippet(
            "functions stay short", test,
            "    public init?(\n  a: Int\n) {\n" + String(repeating: "{}\n", count: 66) + "}"),
        Snippet("public names are explained", events, "public struct A {}"),
        Snippet("public names are explained", events, "/// A.\npublic struct A {\n    public var b: Int\n}"),
        Snippet("public names are explained", events, "// A.\npublic func a() {}"),
        Snippet("public names are explained", events, "    static public let a = 1"),
        Snippet("nothing is left for later in a comment", events, "// TO" + "DO: later"),
        Snippet("nothing is left for later in a comment", "bin/up", "# FIX" + "ME"),
    ]

    @Test("catches its breach", arguments: caught)
    func catches(snippet: Snippet) throws {
        #expect(try snippet.findings().count == 1)
    }

    static let passed = [
        Snippet("imports point downwards", events, "import Digest\n// import MySQL\nlet x = \"import MySQL\""),
        Snippet("imports point downwards", "Sources/Runner/Configuration/A.swift", "import YAML"),
        Snippet("imports point downwards", "Sources/System/A.swift", "internal import CSystem"),
        Snippet("no unsafe code outside the rooms of C", "Sources/System/A.swift", "let p: UnsafePointer<Int>"),
        Snippet(
            "no unsafe code outside the rooms of C", events, "// unsafe\nlet x = \"UnsafePointer\"; let unsafely = 1"),
        Snippet("headers for Swift define nothing of Glibc's", header, "#pragma once\n#include <stdint.h>"),
        Snippet("no crash that input can cause", events, "let x = try? f() // try!\nlet y = z as? Int"),
        Snippet("no force unwrap", events, "if !a, a != b, !(c) { f(!d) }; let s = \"a!\"; let t = #\"b!\"#"),
        Snippet("no force unwrap", events, "let s = \"\"\"\n    wow!\n    \"\"\""),
        Snippet("printing goes through one file", runner, "footprint(x); a.print(x); // print(x)"),
        Snippet("only views make a View", "Sources/Projections/Views/A.swift", "View(json: json)"),
        Snippet("only views make a View", runner, "String.UnicodeScalarView(s); let v: View = view(of: x, for: y)"),
        Snippet("answers go out as views", "Sources/interlock/Common/Answer.swift", "streams.output(view.text)"),
        Snippet("texts stand in files of their own", "Sources/interlock/Lock/AText.swift", "struct A: ViewText {"),
        Snippet(
            "texts stand in files of their own", "Sources/interlock/Lock/A.swift",
            "struct A { func f(_ text: some ViewText) }"),
        Snippet("texts know views only", "Sources/interlock/Lock/A.swift", "let table: LockTable"),
        Snippet(
            "texts know views only", "Sources/interlock/Lock/AText.swift",
            "struct LockTableText { let s = \"LockTable\" }"),
        Snippet("tests wait for signals, not for time", "Sources/Runner/A.swift", "try await Task.sleep(for: pause)"),
        Snippet("clocks are read where the world is touched", runner, "let now = ContinuousClock.now"),
        Snippet("processes are started by System only", "Sources/System/A.swift", "cs_spawn(plan)"),
        Snippet("processes are started by System only", runner, "let p = ChildProcess(); p.fork()"),
        Snippet("no catch that crashes the compiler", events, "} catch {\n guard a else { throw error }\n}"),
        Snippet("files stay short", events, String(repeating: "\n", count: 399)),
        Snippet("functions stay short", events, "func f() {\n" + String(repeating: "a()\n", count: 67) + "}"),
        Snippet(
            "functions stay short", events,
            "protocol P {\n func f()\n func g()\n}\n" + String(repeating: "\n", count: 90)),
        Snippet(
            "public names are explained", events,
            "/// A.\n@frozen\npublic struct A {}\npublic import B\npublic extension C {}"),
        Snippet("public names are explained", test, "public struct A {}"),
    ]

    @Test("lets pass what is right", arguments: passed)
    func passes(snippet: Snippet) throws {
        #expect(try snippet.findings() == [])
    }

    @Test("has a snippet that breaks it", arguments: TidyTests.rules.map(\.name))
    func everyRule(name: String) {
        #expect(Self.caught.contains { $0.rule == name })
    }
}
