import Foundation
import Glibc
import Testing

@testable import System

@Suite("Programs that are replaced while they run")
struct UpgradeTests {
    /// Puts the programs into a directory, as an installer does: each beside its place, then into it.
    private func install(in site: Site) throws {
        let place = site.scratch.file("bin")
        try DurableFile.makeDirectory(place, mode: 0o755)
        for name in ["interlock", "interlock-shim"] {
            // By another process: one of ours that forks meanwhile would hold the file open for writing (ETXTBSY).
            let copy = Process()
            copy.executableURL = URL(filePath: "/bin/cp")
            copy.arguments = ["\(Built.directory)/\(name)", "\(place)/.\(name).new"]
            try copy.run()
            copy.waitUntilExit()
            try Directory.move("\(place)/.\(name).new", to: "\(place)/\(name)")
        }
    }

    private func serve(_ site: Site) async throws -> Interlock {
        let service = try Interlock(
            [site.scratch.file("bin/interlock"), "serve"].map { Array($0.utf8) }, environment: site.environment)
        try await service.complains("serving")
        return service
    }

    @Test(
        "leave running tasks and holders of locks as they are: the new service takes them up, stops them, and starts others"
    )
    func upgrade() async throws {
        let site = try await Site.make(configuration: Types.configuration)
        try install(in: site)
        let old = try await serve(site)
        let (ending, lock) = (try site.barrier(), site.path())
        let adopted = try await site.task("read x < \(ending); exit 5", lock: lock)
        let stopped = try await site.task("sleep 1000")
        for task in [adopted, stopped] { try await site.task(task, is: "running") }
        let held = site.path()
        let holder = try Interlock(
            [site.scratch.file("bin/interlock"), "lock", "run", held, "--", "sh", "-c", "echo ready; cat"].map {
                Array($0.utf8)
            }, environment: site.environment)
        try await holder.says("ready")

        try install(in: site)
        // The old service finds the new shim.
        #expect(try await site.finished(try await site.task("true")).outcome == "succeeded")
        try old.signal(SIGTERM)
        #expect(try await old.end().status == 0)
        let new = try await serve(site)
        #expect(try await site.show(adopted).state == "running")
        #expect(try await site.holders(of: held).count == 1)
        #expect(try await site.run("task", "stop", stopped, "--now").status == 0)
        #expect(try await site.finished(stopped).outcome == "stopped")
        try await site.pass(ending)
        let end = try await site.finished(adopted)
        #expect(end.outcome == "failed" && end.exitCode == 5 && end.attempt == 1)
        #expect(try await holder.answer().status == 0)
        #expect(try await site.holders(of: held).isEmpty)
        try new.signal(SIGTERM)
        #expect(try await new.end().status == 0)
        try await site.expectSound()
    }
}
