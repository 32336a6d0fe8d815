import Foundation
import LZ4
import System
import Testing

@testable import Runner

@Suite("The log of an attempt")
struct AttemptLogTests {
    private final class Place {
        let directory: AttemptDirectory

        init() throws {
            directory = AttemptDirectory(path: FileManager.default.temporaryDirectory.path + "/interlock-log-\(UUID())")
            try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: directory.path) }

        func append(_ text: String) throws { try DurableFile.append(Array(text.utf8), to: directory.logPath) }

        func compress() throws {
            let frame = try LZ4.compressFrame(try readFile(directory.logPath, limit: 1 << 26))
            try DurableFile.write(frame, to: directory.compressedLogPath)
        }
    }

    private func lines(_ reader: inout AttemptLogReader, isOver: Bool = false) throws -> [String] {
        var found: [String] = []
        try reader.lines(isOver: isOver) { found.append(String(decoding: $0.bytes, as: UTF8.self)) }
        return found
    }

    @Test("is read on as it grows, and in one piece after it was compressed and removed")
    func growing() throws {
        let place = try Place()
        var reader = AttemptLogReader(place.directory)
        #expect(try lines(&reader).isEmpty)
        try place.append("T out one\nT err tw")
        #expect(try lines(&reader) == ["T out one"])
        try place.append("o\nT out three\nT out four")
        try place.compress()
        try FileManager.default.removeItem(atPath: place.directory.logPath)
        #expect(try lines(&reader) == ["T err two", "T out three"])
        #expect(try lines(&reader, isOver: true) == ["T out four"])
        #expect(try lines(&reader, isOver: true).isEmpty)
        var late = AttemptLogReader(place.directory)
        #expect(try lines(&late, isOver: true) == ["T out one", "T err two", "T out three", "T out four"])
    }

    @Test("is read once where its shim died between the two files, and from the first where it died before")
    func both() throws {
        let place = try Place()
        try place.append("T out one\n")
        try DurableFile.write([1, 2], to: place.directory.compressedLogPath + ".new")
        var before = AttemptLogReader(place.directory)
        #expect(try lines(&before, isOver: true) == ["T out one"])
        try place.compress()
        var after = AttemptLogReader(place.directory)
        #expect(try lines(&after, isOver: true) == ["T out one"])
    }

    @Test("is told from its words: time, stream, text that may be anything, and whether the line goes on")
    func words() {
        let line = AttemptLogLine((Array("2026 err+ a b ".utf8) + [0xFF])[...])
        #expect(line.time == "2026" && line.stream == "err" && line.continues)
        #expect(line.text == Array("a b ".utf8) + [0xFF])
        let empty = AttemptLogLine(Array("2026 out ".utf8)[...])
        #expect(empty.stream == "out" && !empty.continues && empty.text.isEmpty)
    }

    @Test("of megabytes in one frame comes in pieces, and a damaged one is told")
    func large() throws {
        let place = try Place()
        try place.append((0..<200_000).map { "T out line \($0)\n" }.joined())
        try place.compress()
        var reader = AttemptLogReader(place.directory)
        var count = 0
        try reader.lines(isOver: true) { line in
            #expect(line.text == Array("line \(count)".utf8))
            count += 1
        }
        #expect(count == 200_000)
        var frame = try readFile(place.directory.compressedLogPath, limit: 1 << 26)
        frame[frame.count / 2] ^= 0xFF
        try DurableFile.write(frame, to: place.directory.compressedLogPath)
        let failure = #expect(throws: SystemError.self) {
            var reader = AttemptLogReader(place.directory)
            try reader.lines(isOver: true) { _ in }
        }
        #expect(failure?.code == .malformed)
    }
}
