extension LZ4 {
    /// Compresses everything into one frame, as `lz4 -c` does.
    ///
    /// - Throws: `.library` without memory.
    public static func compressFrame(_ bytes: [UInt8]) throws(LZ4Error) -> [UInt8] {
        var frame: [UInt8] = []
        var compressor = try FrameCompressor()
        try compressor.compress(bytes.span, into: &frame)
        try compressor.finish(into: &frame)
        return frame
    }

    /// Decompresses one frame or several after one another, to `limit` bytes at most.
    ///
    /// - Throws: `.damaged`, `.truncated`, `.tooLarge`.
    public static func decompressFrame(_ frame: [UInt8], limit: Int) throws(LZ4Error) -> [UInt8] {
        var bytes: [UInt8] = []
        var decompressor = try FrameDecompressor(limit: limit)
        try decompressor.decompress(frame, into: &bytes)
        try decompressor.finish()
        return bytes
    }
}
