internal import CZstd

/// Gives back the bytes of one compressed stream, piece by piece, however far it grows.
public final class Decompressor {
    /// Bytes of a piece at most.
    public static let pieceLength = 128 << 10

    private let context: OpaquePointer
    private var input: [UInt8] = []
    private var taken = 0
    private var isFull = false
    /// Whether the stream has come to its end, checksum and all.
    public private(set) var isComplete = false

    /// A decompressor of a stream.
    public init() throws(CompressionError) {
        guard let context = ZSTD_createDCtx() else { throw .outOfMemory }
        self.context = context
    }

    deinit {
        ZSTD_freeDCtx(context)
    }

    /// Takes the next compressed bytes; to be called when ``next()`` has nothing left.
    public func feed(_ bytes: [UInt8]) {
        input = bytes
        taken = 0
    }

    /// The next piece, or `nil` when more has to be fed (or the stream is complete).
    ///
    /// Throws `damaged` where the bytes are none of a compressed stream's, or there are some after its end.
    public func next() throws(CompressionError) -> [UInt8]? {
        while taken < input.count || isFull {
            guard !isComplete else { throw .damaged }
            var result = 0
            let piece = [UInt8](unsafeUninitializedCapacity: Decompressor.pieceLength) { target, count in
                input.withUnsafeBytes { source in
                    var bytes = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: taken)
                    var room = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                    result = ZSTD_decompressStream(context, &room, &bytes)
                    taken = bytes.pos
                    count = ZSTD_isError(result) == 0 ? room.pos : 0
                }
            }
            guard ZSTD_isError(result) == 0 else { throw .damaged }
            isComplete = result == 0
            isFull = !isComplete && piece.count == Decompressor.pieceLength
            if !piece.isEmpty { return piece }
        }
        return nil
    }
}
