internal import CZlib

/// Decompresses one content coding of a body, piece by piece, however far it grows.
///
/// A gzip body may be several gzip files, one after the other (RFC 1952, 2.2): servers and proxies that compress part
/// by part send such bodies, and libcurl's own decompression stops after the first of them. Zeros after the last one
/// are padding. A body that ends within a file is not complete.
final class Inflater {
    /// A content coding that Inflow reads.
    enum Coding: String {
        /// `gzip`, also under its old name `x-gzip`.
        case gzip
        /// A zlib stream, or, as some servers understand the word, the bare compressed data in it.
        case deflate

        init?(header: String) {
            switch header.lowercased() {
            case "gzip", "x-gzip": self = .gzip
            case "deflate": self = .deflate
            default: return nil
            }
        }
    }

    /// Why a body could not be decompressed.
    struct Fault: Error {
        /// What is wrong, in fixed words.
        let words: String
    }

    /// Bytes of a piece at most.
    static let pieceLength = 32 << 10

    private enum Place {
        /// Before the first byte of a file.
        case before
        /// Within a file.
        case inside
        /// After a file that is followed by a zero: only zeros may come.
        case padding
    }

    private let coding: Coding
    /// On the heap: zlib keeps the address.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isStarted = false
    private var hasEnded = false
    private var place = Place.before
    private var input: [UInt8] = []
    private var taken = 0
    private var isFull = false

    init(_ coding: Coding) {
        self.coding = coding
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
    }

    deinit {
        if isStarted { inflateEnd(stream) }
        stream.deallocate()
    }

    /// Whether the body may end here: after a whole file, or before any byte.
    var isComplete: Bool { place != .inside && taken == input.count }

    /// Takes the next compressed bytes; to be called when ``next()`` has nothing left.
    func feed(_ bytes: [UInt8]) {
        // The form of a deflate body shows in its first two bytes.
        input = isStarted ? bytes : input[taken...] + bytes
        taken = 0
    }

    /// The next piece, or `nil` when more has to be fed.
    func next() throws(Fault) -> [UInt8]? {
        while taken < input.count || isFull {
            switch place {
            case .before: guard try begin() else { return nil }
            case .padding:
                guard input[taken...].allSatisfy({ $0 == 0 }) else { throw Fault(words: "bytes after the end") }
                taken = input.count
            case .inside:
                let piece = try inflatePiece()
                if !piece.isEmpty { return piece }
            }
        }
        return nil
    }

    /// Begins a file at the next byte; false where more bytes are needed to know its form.
    private func begin() throws(Fault) -> Bool {
        if hasEnded {
            guard coding == .gzip else { throw Fault(words: "bytes after the end") }
            guard input[taken] != 0 else {
                place = .padding
                return true
            }
            guard inflateReset(stream) == Z_OK else { throw Fault(words: "zlib cannot begin a file") }
        } else {
            guard coding == .gzip || input.count >= 2 else { return false }
            // 32 recognises both headers, -15 expects none.
            let bits = coding == .gzip || Inflater.isZlibHeader(input) ? MAX_WBITS + 32 : -MAX_WBITS
            guard inflateInit2_(stream, bits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
                throw Fault(words: "not enough memory")
            }
            isStarted = true
        }
        place = .inside
        return true
    }

    private static func isZlibHeader(_ bytes: [UInt8]) -> Bool {
        bytes[0] & 0x0F == 8 && (Int(bytes[0]) << 8 + Int(bytes[1])) % 31 == 0
    }

    private func inflatePiece() throws(Fault) -> [UInt8] {
        var result = Z_OK
        let piece = [UInt8](unsafeUninitializedCapacity: Inflater.pieceLength) { target, count in
            input.withUnsafeMutableBufferPointer { source in
                stream.pointee.next_in = source.baseAddress.map { $0 + taken }
                stream.pointee.avail_in = UInt32(source.count - taken)
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = UInt32(target.count)
                result = inflate(stream, Z_NO_FLUSH)
                taken = source.count - Int(stream.pointee.avail_in)
                count = target.count - Int(stream.pointee.avail_out)
            }
        }
        isFull = piece.count == Inflater.pieceLength
        switch result {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: (place, hasEnded, isFull) = (.before, true, false)
        case Z_MEM_ERROR: throw Fault(words: "not enough memory")
        default: throw Fault(words: "damaged \(coding.rawValue) data")
        }
        return piece
    }
}
