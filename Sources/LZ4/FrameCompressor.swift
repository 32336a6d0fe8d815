import CLZ4

/// Writes one LZ4 frame, chunk by chunk, with a checksum over its content: what `lz4 -dc` reads.
///
/// ```swift
/// var compressor = try FrameCompressor()
/// try compressor.compress(chunk.span, into: &output)
/// try compressor.finish(into: &output)
/// ```
/// Confined to one thread at a time. It keeps up to 64 KiB before it writes a block.
public struct FrameCompressor: ~Copyable {
    /// How much input the library gets at once; it bounds the memory that `compress` adds to the output at a time.
    static let pieceBytes = 1 << 20

    private let context: OpaquePointer
    private var preferences: LZ4F_preferences_t
    private var hasBegun = false

    /// - Throws: `.library` without memory.
    public init() throws(LZ4Error) {
        var created: OpaquePointer?
        let result = LZ4F_createCompressionContext(&created, UInt32(LZ4F_VERSION))
        guard LZ4F_isError(result) == 0, let created else { throw LZ4Error(.library, "no memory to compress with") }
        context = created
        preferences = LZ4F_preferences_t()
        preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled
    }

    deinit { LZ4F_freeCompressionContext(context) }

    /// Compresses a chunk of any size to the end of `output`.
    public mutating func compress(_ chunk: Span<UInt8>, into output: inout [UInt8]) throws(LZ4Error) {
        try begin(&output)
        var start = 0
        while start < chunk.count {
            let piece = chunk.extracting(start..<min(start + Self.pieceBytes, chunk.count))
            try append(LZ4F_compressBound(piece.count, &preferences), to: &output) { target, capacity, context, _ in
                piece.withUnsafeBytes { LZ4F_compressUpdate(context, target, capacity, $0.baseAddress, $0.count, nil) }
            }
            start += piece.count
        }
    }

    /// Ends the frame, which may be empty. What is compressed after that begins a new one.
    public mutating func finish(into output: inout [UInt8]) throws(LZ4Error) {
        try begin(&output)
        try append(LZ4F_compressBound(0, &preferences), to: &output) { target, capacity, context, _ in
            LZ4F_compressEnd(context, target, capacity, nil)
        }
        hasBegun = false
    }

    private mutating func begin(_ output: inout [UInt8]) throws(LZ4Error) {
        guard !hasBegun else { return }
        try append(Int(LZ4F_HEADER_SIZE_MAX), to: &output) { target, capacity, context, preferences in
            LZ4F_compressBegin(context, target, capacity, preferences)
        }
        hasBegun = true
    }

    private mutating func append(
        _ bound: Int, to output: inout [UInt8],
        _ write: (UnsafeMutableRawPointer?, Int, OpaquePointer, UnsafePointer<LZ4F_preferences_t>) -> Int
    ) throws(LZ4Error) {
        var result = 0
        let written = [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            result = write(target.baseAddress, target.count, context, &preferences)
            count = LZ4F_isError(result) == 0 ? result : 0
        }
        guard LZ4F_isError(result) == 0 else {
            throw LZ4Error(.library, "LZ4 could not compress: \(String(cString: LZ4F_getErrorName(result)))")
        }
        output += written
    }
}
