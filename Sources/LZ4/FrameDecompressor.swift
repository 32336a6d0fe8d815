import CLZ4

/// Reads LZ4 frames, one after the other, chunk by chunk: what `lz4 -c` writes.
///
/// Confined to one thread at a time. Whatever a chunk expands to, it needs one buffer of ``bufferBytes``.
public struct FrameDecompressor: ~Copyable {
    /// What a consumer gets at once at most.
    public static let bufferBytes = 64 << 10

    private let context: OpaquePointer
    private let buffer: UnsafeMutableRawBufferPointer
    private let limit: Int
    private var total = 0
    /// What the library waits for: 0 at the end of a frame.
    private var awaited = 1

    /// - Parameter limit: the most bytes that may come out of all frames together.
    /// - Throws: `.library` without memory.
    public init(limit: Int) throws(LZ4Error) {
        var created: OpaquePointer?
        let result = LZ4F_createDecompressionContext(&created, UInt32(LZ4F_VERSION))
        guard LZ4F_isError(result) == 0, let created else { throw LZ4Error(.library, "no memory to decompress with") }
        context = created
        buffer = .allocate(byteCount: Self.bufferBytes, alignment: 16)
        self.limit = limit
    }

    deinit {
        LZ4F_freeDecompressionContext(context)
        buffer.deallocate()
    }

    /// Takes the next chunk of compressed bytes and hands out what it decompresses to, in order, in pieces of up to
    /// ``bufferBytes``. After an error this decompressor is of no further use.
    ///
    /// - Throws: `.damaged`, `.tooLarge`, and what `consume` throws.
    public mutating func decompress(_ chunk: Span<UInt8>, _ consume: (Span<UInt8>) throws -> Void) throws {
        var start = 0
        var mayHaveMore = false
        while start < chunk.count || mayHaveMore {
            let (read, written) = try step(chunk.extracting(start..<chunk.count))
            start += read
            mayHaveMore = written == Self.bufferBytes
            total += written
            guard total <= limit else {
                throw LZ4Error(.tooLarge, "an LZ4 frame holds more than the \(limit) bytes allowed")
            }
            if written > 0 {
                try consume(UnsafeBufferPointer(rebasing: buffer.bindMemory(to: UInt8.self)[..<written]).span)
            } else if read == 0 {
                break
            }
        }
    }

    /// The same to the end of `output`.
    public mutating func decompress(_ chunk: [UInt8], into output: inout [UInt8]) throws(LZ4Error) {
        do {
            try decompress(chunk.span) { piece in piece.withUnsafeBufferPointer { output.append(contentsOf: $0) } }
        } catch {
            throw error as? LZ4Error ?? LZ4Error(.library, "\(error)")
        }
    }

    /// Says that no chunk follows.
    ///
    /// - Throws: `.truncated` when the bytes so far do not end with a frame's end.
    public func finish() throws(LZ4Error) {
        guard awaited == 0 else { throw LZ4Error(.truncated, "an LZ4 frame ends too early") }
    }

    private mutating func step(_ input: Span<UInt8>) throws(LZ4Error) -> (read: Int, written: Int) {
        var read = input.count
        var written = buffer.count
        let result = input.withUnsafeBytes { input in
            LZ4F_decompress(context, buffer.baseAddress, &written, input.baseAddress, &read, nil)
        }
        guard LZ4F_isError(result) == 0 else {
            throw LZ4Error(.damaged, "an LZ4 frame is damaged: \(String(cString: LZ4F_getErrorName(result)))")
        }
        // At a frame's end the library asks for nothing; a call without input and output there says "a header" again.
        if read > 0 || written > 0 { awaited = result }
        return (read, written)
    }
}
