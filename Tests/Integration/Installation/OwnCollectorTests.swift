import Foundation
import Glibc
import Testing

@testable import System

@Suite("Programs that measure for a service", .timeLimit(.minutes(5)))
struct OwnCollectorTests {
    private func configuration(_ name: String, _ script: String) -> String {
        """
        host: { id: h1 }
        metrics:
          interval: 1s
          prometheus: "127.0.0.1:0"
          collectors: [{ name: \(name), command: [sh, -c, "\(script)"], interval: 1000s, deadline: 1000s }]
        """
    }

    @Test(
        "do not outlive it for long when it is killed: the next one ends them, whatever they are called by then",
        .enabled(if: Cgroup.make(name: "interlock-own-tests").map { $0.remove() } ?? false))
    func killed() async throws {
        let site = try await Site.make()
        let pids = site.scratch.file("pids")
        let script = "echo $$ >> \(pids); exec sleep 1000"
        func begun(_ count: Int) async throws -> ProcessIdentity {
            try await eventually("it runs", in: site.scratch.path) {
                let lines = ((try? String(contentsOfFile: pids, encoding: .utf8)) ?? "").split(separator: "\n")
                return lines.count == count
                    ? lines.last.flatMap { Int32($0) }.flatMap { try? ProcessIdentity.of(pid: $0) } : nil
            }
        }
        try site.scratch.write(configuration("first", script), to: "interlock.yaml")
        let service = try await Service(site)
        let first = try PidFD(try await begun(1))
        try await service.kill()
        let isLeft = !first.hasEnded()
        #expect(isLeft)
        try await service.restart()
        let firstEnded = first.wait(milliseconds: 60_000)
        #expect(firstEnded)
        let second = try PidFD(try await begun(2))
        try await service.kill()
        try site.scratch.write(configuration("renamed", script), to: "interlock.yaml")
        try await service.restart()
        let secondEnded = second.wait(milliseconds: 60_000)
        #expect(secondEnded)
        let third = try PidFD(try await begun(3))
        #expect(try await service.stop().status == 0)
        let thirdEnded = third.wait(milliseconds: 60_000)
        #expect(thirdEnded)
        try await site.expectSound()
    }
}
