import CLZ4

/// LZ4 in its two forms: bare blocks, whose decompressed size the caller keeps elsewhere, and self-describing frames
/// (``FrameCompressor``, ``FrameDecompressor``), which the `lz4` command reads and writes.
///
/// Two different blocks may decompress alike, and a damaged block may decompress to other bytes without an error: who
/// needs to know keeps a checksum. Frames made here carry one.
public enum LZ4 {
    /// LZ4's own bound on a block's input (LZ4_MAX_INPUT_SIZE).
    public static let maximumBlockBytes = 0x7E00_0000

    /// Compresses a block. Incompressible bytes come out up to 0.4 % + 16 bytes larger.
    ///
    /// - Throws: `.tooLarge` above ``maximumBlockBytes``.
    public static func compressBlock(_ bytes: [UInt8]) throws(LZ4Error) -> [UInt8] {
        guard bytes.count <= maximumBlockBytes else {
            throw LZ4Error(.tooLarge, "\(bytes.count) bytes are more than an LZ4 block can hold")
        }
        let bound = Int(LZ4_compressBound(Int32(bytes.count)))
        return [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            count = bytes.withUnsafeBytes { input in
                let target = UnsafeMutableRawBufferPointer(output).assumingMemoryBound(to: CChar.self)
                return Int(
                    LZ4_compress_default(
                        input.assumingMemoryBound(to: CChar.self).baseAddress, target.baseAddress, Int32(input.count),
                        Int32(target.count)))
            }
        }
    }

    /// Decompresses a block that must come to exactly `size` bytes. `size` is checked against `limit` first, because it
    /// is memory that somebody else's number asks for.
    ///
    /// - Throws: `.tooLarge` when `size` is above `limit`, `.damaged` when the block is not LZ4 or of another size.
    public static func decompressBlock(_ block: [UInt8], size: Int, limit: Int) throws(LZ4Error) -> [UInt8] {
        try decompressBlock(block.span, size: size, limit: limit)
    }

    /// The same of bytes that are only lent.
    public static func decompressBlock(_ block: Span<UInt8>, size: Int, limit: Int) throws(LZ4Error) -> [UInt8] {
        guard size >= 0, block.count <= Int32.max else {
            throw LZ4Error(.damaged, "an LZ4 block cannot have \(size) bytes")
        }
        guard size <= min(limit, maximumBlockBytes) else {
            throw LZ4Error(.tooLarge, "an LZ4 block says it holds \(size) bytes; allowed are \(limit)")
        }
        var result: Int32 = 0
        // One byte more than asked for: the library wants a place to write to even where nothing comes out.
        let bytes = [UInt8](unsafeUninitializedCapacity: size + 1) { output, count in
            result = block.withUnsafeBytes { input in
                let target = UnsafeMutableRawBufferPointer(output).assumingMemoryBound(to: CChar.self)
                return LZ4_decompress_safe(
                    input.assumingMemoryBound(to: CChar.self).baseAddress, target.baseAddress, Int32(input.count),
                    Int32(size))
            }
            count = max(0, Int(result))
        }
        guard Int(result) == size else {
            throw LZ4Error(.damaged, "an LZ4 block is damaged: it does not decompress to its \(size) bytes")
        }
        return bytes
    }
}
