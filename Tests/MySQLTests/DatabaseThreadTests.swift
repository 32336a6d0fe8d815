import Glibc
import Synchronization
import Testing

@testable import MySQL

@Suite("A database thread", .timeLimit(.minutes(5)))
struct DatabaseThreadTests {
    private actor Counter {
        private let thread: DatabaseThread
        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
        private(set) var seen: [Int] = []
        private var threads: Set<UInt> = []
        private var isInside = false

        init(_ thread: DatabaseThread) { self.thread = thread }

        func add(_ number: Int) {
            precondition(!isInside, "two jobs at once")
            isInside = true
            defer { isInside = false }
            seen.append(number)
            threads.insert(UInt(pthread_self()))
        }

        func threadCount() -> Int { threads.count }
        func isOn(_ other: UInt) -> Bool { UInt(pthread_self()) == other }

        func name() -> String {
            let comm = fopen("/proc/thread-self/comm", "r")
            defer { if let comm { fclose(comm) } }
            var line = [CChar](repeating: 0, count: 32)
            guard let comm, fgets(&line, 32, comm) != nil else { return "" }
            return String(decoding: line.prefix { $0 != 10 && $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }

        nonisolated func assumed() -> Int { assumeIsolated { $0.seen.count } }
        func throughAssumption() -> Int { assumed() }
        func signalsBlocked() -> Bool {
            var mask = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &mask)
            return sigismember(&mask, SIGTERM) == 1 && sigismember(&mask, SIGALRM) == 1
        }
    }

    @Test("runs every job once, one at a time, on one thread, from many tasks")
    func manyTasks() async throws {
        let counter = Counter(try DatabaseThread(name: "many"))
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<50 {
                group.addTask { for job in 0..<200 { await counter.add(task * 200 + job) } }
            }
        }
        let seen = await counter.seen
        #expect(seen.sorted() == Array(0..<10_000))
        #expect(await counter.threadCount() == 1)
        for task in 0..<50 {
            let own = seen.filter { $0 / 200 == task }
            #expect(own == own.sorted())
        }
    }

    @Test("keeps its own name and takes no signals")
    func name() async throws {
        let counter = Counter(try DatabaseThread(name: "a-name-that-is-too-long"))
        #expect(await counter.name() == "a-name-that-is-")
        #expect(await counter.signalsBlocked())
    }

    @Test("is known to its actor as its isolation")
    func isolation() async throws {
        let counter = Counter(try DatabaseThread(name: "isolation"))
        await counter.add(1)
        #expect(await counter.throughAssumption() == 1)
    }

    @Test("traps who claims its isolation elsewhere")
    func wrongThread() async {
        await #expect(processExitsWith: .failure) {
            _ = Counter(try DatabaseThread(name: "elsewhere")).assumed()
        }
    }

    @Test("ends when it is released, after its last job")
    func end() async throws {
        for _ in 0..<100 {
            let (ended, end) = AsyncStream<Void>.makeStream()
            do {
                let counter = Counter(try DatabaseThread(name: "ends", onEnd: { end.finish() }))
                for number in 0..<3 { Task { await counter.add(number) } }
            }
            for await _ in ended {}
        }
    }
}
