internal import CZstd

/// Compresses a stream as its bytes arrive; one stream after the other, with the same memory.
///
/// The archive keeps every answer of the platform (decision 0008), so each worker compresses while it reads, beside the
/// parser. Hence the settings: Zstandard at level 1 with a window of 64 KiB. A larger window compresses better, but
/// takes more memory for each answer under way; a higher level costs time. A compressor takes about half a megabyte,
/// whatever the stream's length, and is used for one answer after the other.
///
/// Each stream is a frame of its own with a checksum, so that a damaged piece of the archive is an error of
/// ``Decompressor`` and never a wrong record. A stream that was not finished is no frame: ``begin()`` forgets it.
///
/// - Note: Not for use by several tasks at once; each worker has its own.
public final class Compressor {
    private let context: OpaquePointer
    private var buffer = [UInt8](repeating: 0, count: 16 << 10)

    /// A compressor between two streams.
    public init() throws(CompressionError) {
        guard let context = ZSTD_createCCtx() else { throw .outOfMemory }
        self.context = context
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1)
        ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 16)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit {
        ZSTD_freeCCtx(context)
    }

    /// Begins a stream; what was not finished before is forgotten.
    public func begin() {
        ZSTD_CCtx_reset(context, ZSTD_reset_session_only)
    }

    /// Takes the next bytes of the stream and appends what is ready to `output`, which is nothing most times.
    public func add(_ bytes: [UInt8], to output: inout [UInt8]) throws(CompressionError) {
        try run(bytes, ZSTD_e_continue, &output)
    }

    /// Ends the stream and appends the rest of its bytes to `output`.
    public func finish(into output: inout [UInt8]) throws(CompressionError) {
        try run([], ZSTD_e_end, &output)
    }

    private func run(
        _ bytes: [UInt8], _ directive: ZSTD_EndDirective, _ output: inout [UInt8]
    ) throws(CompressionError) {
        var taken = 0
        var left = 0
        repeat {
            let (result, written) = bytes.withUnsafeBytes { source in
                buffer.withUnsafeMutableBytes { target in
                    var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: taken)
                    var room = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                    let result = ZSTD_compressStream2(context, &room, &input, directive)
                    taken = input.pos
                    return (result, room.pos)
                }
            }
            guard ZSTD_isError(result) == 0 else { throw .outOfMemory }
            output.append(contentsOf: buffer[..<written])
            left = result
        } while taken < bytes.count || (directive == ZSTD_e_end && left > 0)
    }
}
