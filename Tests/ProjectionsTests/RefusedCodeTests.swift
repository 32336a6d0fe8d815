import Foundation
import Testing

/// What must not compile: `Refused/*.swift.txt` is checked by the compiler that built the tests, against the built modules. Just
/// the lines that say so may be refused.
@Suite("Code that must not be written")
struct RefusedCodeTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    private static let modules = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "Modules")

    @Test("is refused by the compiler, line by line", arguments: ["audiences"])
    func refused(name: String) throws {
        let text = try String(
            contentsOf: Self.folder.appending(path: "Refused/\(name).swift.txt"), encoding: .utf8)
        let wanted = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .filter { $0.element.hasSuffix("// refused") }.map { $0.offset + 1 }
        try #require(wanted.count > 1)
        let found = try Self.errors(in: text, name)
        #expect(found.lines == Set(wanted), "\(found.output)")
    }

    /// The lines in which the compiler finds errors.
    private static func errors(in text: String, _ name: String) throws -> (lines: Set<Int>, output: String) {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "interlock-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let source = scratch.appending(path: "\(name).swift")
        try text.write(to: source, atomically: true, encoding: .utf8)
        let output = scratch.appending(path: "out")
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "swiftc", "-typecheck", "-swift-version", "6", "-I", modules.path,
            // The only C module below them.
            "-I", folder.appending(path: "../../Sources/CCrypto").standardized.path, source.path,
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: output)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let said = try String(contentsOf: output, encoding: .utf8)
        let lines = said.matches(of: /(?m)^[^\n]*\.swift:(\d+):\d+: error:/).compactMap { Int($0.1) }
        return (Set(lines), said)
    }
}
