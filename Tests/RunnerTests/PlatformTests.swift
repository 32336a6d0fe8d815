import Events
import Foundation
import Runner
import Testing

/// The sample platform's table of operations, `examples/platform/pairs.tsv`.
struct PlatformTable {
    struct Operation {
        var name: String
        var types: [String]
        /// How far below the task's own session it takes its locks.
        var depth: Int
        var locks: [LockPath]
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    var operations: [Operation] = []
    /// `together`, `waits` or `own`, in both orders.
    var pairs: [[String]: String] = [:]

    init() throws {
        let text = try Self.file("examples/platform/pairs.tsv")
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            try #require(cells.count == 4)
            if cells[0] == "operation" {
                let words = cells[2].split(separator: " ").map(String.init)
                operations.append(
                    Operation(
                        name: cells[1], types: words.filter { $0 != ">" }, depth: words.count { $0 == ">" },
                        locks: try cells[3].split(separator: " ").map { try #require(LockPath(String($0))) }))
            } else {
                pairs[[cells[1], cells[2]]] = cells[3]
                pairs[[cells[2], cells[1]]] = cells[3]
            }
        }
    }

    static func file(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    static func configuration() throws -> Configuration {
        let path = "examples/platform/interlock.yaml"
        return try Configuration(yaml: Array(try file(path).utf8), file: root.appendingPathComponent(path).path)
    }
}

@Suite("The sample platform")
struct PlatformTests {
    let table: PlatformTable

    init() throws {
        table = try PlatformTable()
    }

    @Test("has a verdict on every pair of operations, and it is what the rule for lock paths says")
    func verdicts() throws {
        for one in table.operations {
            for other in table.operations {
                let verdict = try #require(table.pairs[[one.name, other.name]], "\(one.name) and \(other.name)")
                let conflict = one.locks.contains { lock in
                    other.locks.contains { lock.covers($0) || $0.covers(lock) }
                }
                switch verdict {
                case "waits": #expect(conflict, "\(one.name) and \(other.name)")
                case "together": #expect(!conflict, "\(one.name) and \(other.name)")
                default:
                    #expect(verdict == "own")
                    #expect(one.types == other.types && one.depth != other.depth)
                }
            }
        }
    }

    @Test("locks with its tasks what the table says")
    func configuredLocks() throws {
        let platform = try PlatformTable.configuration()
        #expect(platform.notices.isEmpty)
        for operation in table.operations where operation.depth == 0 {
            for name in operation.types {
                let type = try #require(platform.tasks[name], "no task type \(name)")
                let app = operation.locks.lazy.map { Array($0.segments) }.first { $0.first == "app" }?.last
                let resolved = try type.resolve(app: app, arguments: arguments(of: type))
                #expect(resolved.locks == operation.locks.map { Lock($0, .exclusive) }, "\(name)")
            }
        }
        let named = Set(table.operations.flatMap(\.types))
        #expect(Set(platform.tasks.keys) == named)
    }

    /// What a request must give along.
    private func arguments(of type: TaskType) -> [String: String] {
        type.arguments.filter(\.value.required).mapValues { _ in "1.2.3" }
    }

    @Test("takes below its tasks just the locks that the table says, in that order")
    func nestedLocks() throws {
        let backup = try PlatformTable.file("examples/platform/tasks/backup.sh")
        #expect(backup.ranges(of: "lock run").count == 1)
        #expect(backup.contains(#"lock run "/app/$app" "#))
        let update = try PlatformTable.file("examples/platform/tasks/update.sh")
        let code = update.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")
        #expect(code.ranges(of: "lock run").count == 2)
        let outer = try #require(code.firstRange(of: "lock run /type/backup "))
        let inner = try #require(code.firstRange(of: "lock run / "))
        #expect(outer.lowerBound < inner.lowerBound)
    }

    @Test("has only programs that are there and can be run")
    func programs() throws {
        for type in try PlatformTable.configuration().tasks.values {
            guard case .literal(let program) = type.command.first else {
                Issue.record("\(type.name) has no program")
                continue
            }
            #expect(FileManager.default.isExecutableFile(atPath: program), "\(program)")
        }
    }

    @Test("is shown in the docs as it is")
    func docs() throws {
        let page = try PlatformTable.file("docs/locks-of-the-platform.md")
        let names = table.operations.map(\.name)
        for operation in table.operations {
            let verdicts = names.map { table.pairs[[operation.name, $0]] ?? "" }
            #expect(page.contains("| **\(operation.name)** | \(verdicts.joined(separator: " | ")) |\n"))
            let locks = operation.locks.map { "`\($0)`" }.joined(separator: ", ")
            #expect(page.contains("| \(operation.name) | `") && page.contains("` | \(locks) |\n"))
        }
    }
}
