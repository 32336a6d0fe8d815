import Foundation
import LZ4
import Testing

@Suite("An LZ4 frame")
struct FrameTests {
    @Test("gives back what went in", arguments: Sample.allCases)
    func roundTrip(sample: Sample) throws {
        let bytes = sample.bytes
        let isSame = try LZ4.decompressFrame(LZ4.compressFrame(bytes), limit: bytes.count) == bytes
        #expect(isSame)
    }

    @Test("is what the lz4 command reads and writes", arguments: Sample.allCases)
    func command(sample: Sample) throws {
        let bytes = sample.bytes
        let isRead = try run(["-dc"], LZ4.compressFrame(bytes)) == bytes
        let isUnderstood = try LZ4.decompressFrame(run(["-c"], bytes), limit: bytes.count) == bytes
        #expect(isRead && isUnderstood)
    }

    @Test("may be written and read in chunks of any size", arguments: [1, 7, 1000, 70_000])
    func chunks(size: Int) throws {
        let sample = (0..<(size == 1 ? 5000 : 300_000)).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 8) }
        var frame: [UInt8] = []
        var compressor = try FrameCompressor()
        for start in stride(from: 0, to: sample.count, by: size) {
            try compressor.compress(sample.span.extracting(start..<min(start + size, sample.count)), into: &frame)
        }
        try compressor.finish(into: &frame)
        var back: [UInt8] = []
        var decompressor = try FrameDecompressor(limit: sample.count)
        for start in stride(from: 0, to: frame.count, by: size) {
            try decompressor.decompress(frame.span.extracting(start..<min(start + size, frame.count))) { piece in
                #expect(piece.count <= FrameDecompressor.bufferBytes)
                piece.withUnsafeBufferPointer { back.append(contentsOf: $0) }
            }
        }
        try decompressor.finish()
        let isSame = back == sample
        #expect(isSame)
    }

    @Test("may follow another one")
    func several() throws {
        var frames: [UInt8] = []
        var compressor = try FrameCompressor()
        let all = Sample.allCases.map(\.bytes)
        for sample in all {
            try compressor.compress(sample.span, into: &frames)
            try compressor.finish(into: &frames)
        }
        let isSame = try LZ4.decompressFrame(frames, limit: 10_000_000) == all.flatMap { $0 }
        #expect(isSame)
    }

    @Test("that ends too early is truncated, wherever")
    func truncated() throws {
        let frame = try LZ4.compressFrame(Array("a lock is a path; a path covers all below it".utf8))
        for count in 0..<frame.count {
            let error = #expect(throws: LZ4Error.self) {
                try LZ4.decompressFrame(Array(frame.prefix(count)), limit: 1000)
            }
            #expect(error?.code == .truncated)
        }
    }

    @Test("with any bit flipped is refused, or says the same")
    func damaged() throws {
        let sample = Array("a lock is a path; a path covers all below it; a path is a lock".utf8)
        let frame = try LZ4.compressFrame(sample)
        for index in frame.indices {
            for bit in 0..<8 {
                var other = frame
                other[index] ^= 1 << UInt8(bit)
                if let back = try? LZ4.decompressFrame(other, limit: 1000) { #expect(back == sample || back.isEmpty) }
            }
        }
        let noise = #expect(throws: LZ4Error.self) {
            try LZ4.decompressFrame([UInt8](repeating: 9, count: 99), limit: 9)
        }
        #expect(noise?.code == .damaged)
    }

    @Test("that holds more than allowed is refused at the limit, not at its end")
    func bound() throws {
        let frame = try LZ4.compressFrame([UInt8](repeating: 0, count: 50_000_000))
        var received = 0
        let error = #expect(throws: LZ4Error.self) {
            var decompressor = try FrameDecompressor(limit: 100_000)
            try decompressor.decompress(frame.span) { received += $0.count }
        }
        #expect(error?.code == .tooLarge)
        #expect(received <= 100_000)
    }

    private func run(_ arguments: [String], _ input: [UInt8]) throws -> [UInt8] {
        let base = FileManager.default.temporaryDirectory.appendingPathComponent("lz4-\(UUID())")
        defer { try? FileManager.default.removeItem(at: base) }
        try Data(input).write(to: base)
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/lz4")
        process.arguments = ["-q"] + arguments
        process.standardInput = try FileHandle(forReadingFrom: base)
        process.standardOutput = output
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return Array(bytes)
    }
}
