import EventStore
import Events
import Foundation
import LogChecking
import ServerTesting
import StoreConformance
import Testing

@Suite("The chain as a stranger computes it", .database)
struct RecomputeTests {
    /// What the program says of these lines.
    private func recompute(_ lines: [String]) throws -> (status: Int32, output: String, complaint: String) {
        let file = NSTemporaryDirectory() + "interlock-export-\(UUID().uuidString)"
        try (lines.joined(separator: "\n") + "\n").write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let program = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../checker/recompute.py")
        let process = Process()
        let (output, complaint) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", program.path(), file]
        process.standardOutput = output
        process.standardError = complaint
        try process.run()
        process.waitUntilExit()
        return (
            process.terminationStatus,
            String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self),
            String(decoding: complaint.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        )
    }

    /// A log in which all that is hard to write down occurs.
    private func varied() async throws -> (lines: [String], tip: String) {
        let log = try await Scratch.log()
        let labels = [
            "plain", "\"quoted\\ and / slashed\"", "tab\tline\nfeed\r\u{8}\u{C}\u{1}\u{1F}\u{7F}", "Zürich – 東京 – 🚂",
            "\u{2028}\u{FFFD}e\u{301}", "", String(repeating: "long ", count: 2000),
        ]
        for (index, label) in labels.enumerated() {
            _ = try await log.submit(
                Submission(
                    id: CommandID("c\(index)"), command: .open(["s\(index)", "t\(index)"], label: label),
                    actor: "Ève 🚂",
                    host: "h1", correlation: index == 3 ? "why" : nil, causation: index > 0 ? index : nil))
        }
        _ = try await log.submit(Submission("end", .close("s2")))
        let lines = try await everything(in: log).map(\.exported.text)
        return (lines, "\(try await log.head().hash)")
    }

    @Test("is ours")
    func whole() async throws {
        let (lines, tip) = try await varied()
        let answer = try recompute(lines)
        #expect(answer.status == 0, "\(answer.complaint)")
        #expect(answer.output == "{\"ok\": true, \"events\": 15, \"tip\": \"\(tip)\"}\n")
    }

    @Test("shows where an export was changed")
    func changed() async throws {
        let (lines, _) = try await varied()
        let changes: [(from: String, to: String, position: Int)] = [
            ("\"label\":\"plain\"", "\"label\":\"Plain\"", 1), ("\"user\":\"eve\"", "\"user\":\"eva\"", 1),
            ("\"correlation\":\"why\"", "\"correlation\":\"who\"", 7), ("\"position\":5,", "\"position\":50,", 5),
            ("\"streamVersion\":2", "\"streamVersion\":3", 15),
            ("\"type\":\"session.ended\"", "\"type\":\"session.opened\"", 15),
        ]
        for change in changes {
            var changed = lines
            let index = change.position - 1
            changed[index] = lines[index].replacing(change.from, with: change.to)
            #expect(changed[index] != lines[index])
            let answer = try recompute(changed)
            #expect(answer.status == 65)
            #expect(answer.complaint.hasPrefix("position \(change.position): "), "\(answer.complaint)")
        }
        var cut = lines
        cut.remove(at: 3)
        #expect(try recompute(cut).complaint.hasPrefix("position 4: "))
        var swapped = lines
        swapped.swapAt(4, 5)
        #expect(try recompute(swapped).complaint.hasPrefix("position 5: "))
    }
}
