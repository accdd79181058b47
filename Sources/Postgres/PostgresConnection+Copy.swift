import CLibPQ

extension PostgresConnection {
    /// Opens `copy … from stdin`; then come pieces by ``putCopy(_:)-([UInt8])`` and one ``endCopy()``.
    ///
    /// - Throws: the server's refusal, or `out_of_order` if the statement is not a COPY from the client.
    public func copyIn(_ sql: String) throws(PostgresError) {
        try openSession(sql).openCopy(sql)
        copyStatement = sql
    }

    /// Sends a piece of bulk data, best 64 KiB to 1 MiB; pieces need not end where lines do.
    ///
    /// - Throws: `copy_rejected` as soon as the server is known to have refused an earlier line, `cancelled`, or
    ///   `connection_lost`; in each case the COPY is over and the connection, unless lost, free for other work.
    public func putCopy(_ bytes: [UInt8]) throws(PostgresError) {
        try bytes.withUnsafeBufferPointer { bytes throws(PostgresError) in try putCopy(UnsafeRawBufferPointer(bytes)) }
    }

    /// Sends the rows an encoder holds; empty it afterwards to use its buffer again.
    public func putCopy(_ text: CopyText) throws(PostgresError) {
        try text.withUnsafeBytes { bytes throws(PostgresError) in try putCopy(bytes) }
    }

    /// Sends a piece of bulk data straight from memory; for use within the actor.
    public func putCopy(_ bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        let session = try copying()
        if Task.isCancelled, session.shields == 0 {
            abortCopy(reason: "the task was cancelled")
            throw PostgresError(.cancelled, detail: "The task was cancelled during COPY.", statement: copyStatement)
        }
        let limit = 1 << 30  // libpq counts a piece in 32 bits.
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(limit))
            rest = rest.dropFirst(limit)
            let sent = PQputCopyData(session.connection, piece.baseAddress, Int32(piece.count))
            guard sent == 1 else { throw failedCopy(session) }
            try session.flush(copyStatement)
            guard !session.copyIsRefused else { throw failedCopy(session) }
        }
    }

    /// Ends the COPY; the server has then taken all lines.
    ///
    /// - Returns: the number of rows copied.
    /// - Throws: `copy_rejected` with ``PostgresError/copyLine`` if a line was refused: then none was taken.
    @discardableResult
    public func endCopy() throws(PostgresError) -> Int {
        let session = try copying()
        session.isCopying = false
        guard PQputCopyEnd(session.connection, nil) == 1 else { throw failedCopy(session) }
        return try session.finish(copyStatement, copying: true).affectedRows
    }

    /// Gives an open COPY up, so that none of its lines is taken; does nothing where none is open.
    public func abortCopy(reason: String) {
        guard let session = try? copying() else { return }
        session.isCopying = false
        PQputCopyEnd(session.connection, reason.replacing("\0", with: ""))
        // What comes is the refusal we have just asked for.
        session.shields += 1
        defer { session.shields -= 1 }
        _ = try? session.finish(copyStatement, copying: true)
    }

    private func copying() throws(PostgresError) -> PostgresSession {
        let session = try openSession()
        guard session.isCopying else { throw PostgresError(.outOfOrder, detail: "No COPY is open.") }
        return session
    }

    /// The server ended the COPY before we did: reads why.
    private func failedCopy(_ session: PostgresSession) -> PostgresError {
        session.isCopying = false
        // Only for libpq, which will not read the answer before; the server no longer listens.
        PQputCopyEnd(session.connection, "the server has refused the data")
        do throws(PostgresError) {
            try session.finish(copyStatement, copying: true)
        } catch { return error }
        return session.lost(copyStatement)
    }
}
