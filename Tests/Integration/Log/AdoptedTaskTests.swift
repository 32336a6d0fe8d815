import Foundation
import Glibc
import Testing

@testable import System

private let types =
    Types.configuration + """

          again:
            command: [sh, -c, "echo $INTERLOCK_ATTEMPT >> $0; read x < $1.$INTERLOCK_ATTEMPT", "{book}", "{barrier}"]
            arguments: { book: { required: true }, barrier: { required: true } }
            idempotent: true
            retries: { max: 1, backoff: 10ms }
          bad: { command: ["false"] }
          told: { command: ["true"] }
        reactions: [{ name: tell, on: task.finished, where: { type: bad }, start: told }]
        """

@Suite("The tasks of a restored database")
struct AdoptedTaskTests {
    /// A service of the test's own on a site of its own, ended in order; then the log must be sound.
    private func withService(_ body: (Site, Service) async throws -> Void) async throws {
        let site = try await Site.make(configuration: types)
        let service = try await Service(site)
        try await body(site, service)
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    /// The main process of a task's attempt that runs.
    private func main(of task: String, attempt: Int = 1, _ site: Site) async throws -> ProcessIdentity {
        let shown = try await site.eventually("attempt \(attempt) of \(task) runs") {
            let shown = try await site.show(task)
            return shown.state == "running" && shown.attempt == .integer(attempt) ? shown : nil
        }
        return try ProcessIdentity.of(pid: Int32(try #require(shown.pid.integer)))
    }

    private func shim(over main: ProcessIdentity) throws -> ProcessIdentity {
        try ProcessIdentity.of(pid: try ProcessStatus.of(pid: main.pid).parent)
    }

    /// Restores the dump while nobody serves, and takes it over.
    private func adopt(_ site: Site, _ service: Service) async throws -> JSON {
        try await service.kill()
        try await site.use()
        try site.restore()
        return try await site.json("log", "adopt")
    }

    @Test("what a dead shim left is killed by the runner where the log has it, and by nobody where it has not")
    func left() async throws {
        try await withService { site, service in
            let known = try await site.task("exec sleep 1000")
            let recorded = try await main(of: known, site)
            try site.dump()
            let unknown = try await site.task("exec sleep 1000")
            let stray = try await main(of: unknown, site)
            try await service.kill()
            for process in [recorded, stray] {
                let shim = try shim(over: process)
                try signal(SIGKILL, to: shim)
                try await ends(shim)
            }
            try await site.use()
            try site.restore()
            let adopted = try await site.json("log", "adopt")
            #expect(adopted.over.elements == [.string(known)])
            #expect(adopted.strays.elements.map(\.pid) == [.integer(Int(stray.pid))])
            #expect(adopted.strays.elements.first?.log.text == "\(site.stateDirectory)/tasks/\(unknown).1/log")
            #expect(recorded.liveness() == .alive && stray.liveness() == .alive)
            try await service.restart()
            #expect(try await site.finished(known).outcome == "lost")
            try await ends(recorded)
            #expect(stray.liveness() == .alive, "it is nobody's whom the log knows")
            try signal(SIGKILL, to: stray)
        }
    }

    @Test(
        "an attempt that the log does not know yet runs on, is not started again, and is collected when it is its turn")
    func laterAttempt() async throws {
        try await withService { site, service in
            let (book, barrier) = (site.scratch.file("book"), site.scratch.file("gate"))
            for number in 1...2 { try #require(mkfifo("\(barrier).\(number)", 0o600) == 0) }
            let start = try await site.json(
                "task", "start", "again", "--arg", "book=\(book)", "--arg", "barrier=\(barrier)")
            let task = try #require(start.task.text)
            let first = try await main(of: task, site)
            try site.dump()
            try signal(SIGKILL, to: try shim(over: first))
            try await ends(first)
            let second = try await main(of: task, attempt: 2, site)
            let adopted = try await adopt(site, service)
            #expect(adopted.over.elements == [.string(task)])
            #expect(adopted.strays.elements.map(\.task.text) == [task])
            #expect(adopted.strays.elements.map(\.attempt) == [2])
            try await service.restart()
            // The first is lost, once more; what is left of it is looked for, and it is not the second.
            #expect(try await main(of: task, attempt: 2, site) == second)
            try await site.pass("\(barrier).2")
            let end = try await site.finished(task)
            #expect(end.outcome == "succeeded" && end.attempt == 2)
            let finished = try await site.events().filter { $0.type == "task.finished" && $0.data.task.text == task }
            #expect(finished.map(\.data.outcome) == ["lost", "succeeded"])
            #expect(site.scratch.text("book") == "1\n2\n")
        }
    }

    @Test("a task that was queued in the dump, and started after it, is not started a second time")
    func queued() async throws {
        let site = try await Site.make(configuration: types)
        let (book, lives, over) = (site.scratch.file("book"), try site.barrier(), try site.barrier())
        let (living, ended) = (
            try await site.task("echo started >> \(book); read x < \(lives); exit 4"),
            try await site.task("echo started >> \(book); read x < \(over); exit 5")
        )
        try site.dump()
        let service = try await Service(site)
        let process = try await main(of: living, site)
        try await site.pass(over)
        #expect(try await site.finished(ended).exitCode == 5)
        let adopted = try await adopt(site, service)
        #expect(adopted.strays.elements.map(\.task.text) == [living])
        #expect(try await site.show(living).pid == .absent, "the log does not know that it runs")
        try await service.restart()
        #expect(try await main(of: living, site) == process)
        try await site.pass(lives)
        #expect(try await site.finished(living).exitCode == 4)
        #expect(try await site.finished(ended).exitCode == 5)
        #expect(site.scratch.text("book") == "started\nstarted\n")
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test(
        "what was claimed ends as its files tell: as it did; lost where it was started; not started where nobody had its gate"
    )
    func claimed() async throws {
        try await withService { site, service in
            try await freeze(service.process.identity)
            var tasks: [String] = []
            for index in 0..<4 {
                tasks.append(try await site.task("echo \(index) >> $INTERLOCK_STATE_DIR/book; exit 6"))
            }
            for task in tasks { #expect(try await site.show(task).state == "claimed") }
            try site.dump()
            try await service.kill()
            try await service.restart()
            for task in tasks { #expect(try await site.finished(task).exitCode == 6) }
            func directory(_ index: Int) -> String { "\(site.stateDirectory)/tasks/\(tasks[index]).1" }
            try FileManager.default.removeItem(atPath: directory(1) + "/exit")
            for name in ["exit", "gate"] { try FileManager.default.removeItem(atPath: "\(directory(2))/\(name)") }
            try FileManager.default.removeItem(atPath: directory(3))
            let adopted = try await adopt(site, service)
            #expect(adopted.over.elements.compactMap(\.text).sorted() == tasks[...1].sorted())
            let finished = Dictionary(
                uniqueKeysWithValues: adopted.finished.elements.map { ($0.task.text ?? "", $0.outcome.text ?? "") })
            #expect(finished == [tasks[2]: "not-started", tasks[3]: "lost"])
            #expect(FileManager.default.fileExists(atPath: directory(2) + "/gate"), "a shim that comes late leaves")
            try await service.restart()
            var outcomes: [String?] = []
            for task in tasks { outcomes.append(try await site.finished(task).outcome.text) }
            #expect(outcomes == ["failed", "lost", "not-started", "lost"])
            #expect(try await site.show(tasks[0]).exitCode == 6)
            #expect(try await site.locks().held.elements.isEmpty)
            let book = try String(contentsOfFile: "\(site.stateDirectory)/book", encoding: .utf8)
            #expect(book.split(separator: "\n").sorted() == ["0", "1", "2", "3"])
        }
    }

    @Test("reactions answer what happens from there on, and nothing a second time that the dump has")
    func reactions() async throws {
        try await withService { site, service in
            func bad() async throws -> JSON {
                let task = try #require(try await site.json("task", "start", "bad").task.text)
                _ = try await site.finished(task)
                return try #require(
                    try await site.events().first { $0.type == "task.finished" && $0.data.task.text == task })
            }
            func answers(to end: JSON) async throws -> Int {
                try await site.events().count { $0.type == "task.queued" && $0.causation == end.position }
            }
            func answered(_ end: JSON) async throws {
                _ = try await site.eventually("it is answered") { try await answers(to: end) > 0 ? true : nil }
            }
            let before = try await bad()
            try await answered(before)
            // Its checkpoint, which comes later, is not in the dump.
            try site.dump()
            try await answered(try await bad())
            _ = try await adopt(site, service)
            try await service.restart()
            let after = try await bad()
            try await answered(after)
            #expect(try await answers(to: before) == 1)
            #expect(try await answers(to: after) == 1)
            #expect(try await site.events().count { $0.type == "task.queued" && $0.data.type == "told" } == 2)
        }
    }
}
