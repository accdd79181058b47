public import Inflow
internal import Records

/// Finds one record in archived answers and returns its bytes as the platform sent them.
public struct ArchivedRecords: Sendable {
    private let entity: EntityDefinition
    private let reader: any ArchiveReader

    /// A finder of an entity's records.
    public init(_ entity: EntityDefinition, reader: any ArchiveReader) {
        self.entity = entity
        self.reader = reader
    }

    /// The bytes of the record in an answer, exactly as they came, or `nil` where the answer does not hold it.
    ///
    /// The key is the row's, columns joined by `/`. If a key comes twice, the result is the last record, which is the
    /// one that the tables hold. An answer in JSON is short, so the result is the whole answer.
    public func record(_ key: String, in answer: ArchivedAnswer) async throws(SourceError) -> [UInt8]? {
        let subject = "\(entity.name), archived answer \(answer.id)"
        guard let endpoint = entity.endpoint(at: answer.request.endpoint) else {
            throw .notReadAnyMore(answer, subject: subject)
        }
        let body = ArchivedBody(answer, reader, subject: subject)
        let match = Match(entity, endpoint, key: key, parent: answer.request.key)
        var found: [UInt8]?
        if endpoint.format == .json {
            var bytes: [UInt8] = []
            while let piece = try await body.next(isolation: nil) { bytes += piece }
            return match.isIn(json: bytes) ? bytes : nil
        }
        var slicer = RecordSlicer(items: endpoint.items)
        var place = 0
        while let piece = try await body.next(isolation: nil) {
            slicer.feed(piece) { record in
                if match.matches(record, at: place) { found = record }
                place += 1
            }
        }
        return found
    }

    /// Compares a record with the wanted key; reads it by the same steps as a load.
    private struct Match {
        private let endpoint: Endpoint
        private let shaper: RowShaper
        private let elementNames: [String]
        private let key: String
        private let parent: String?
        private let keyPlaces: [Int]
        private let before: [UInt8]
        private let after: [UInt8]

        init(_ entity: EntityDefinition, _ endpoint: Endpoint, key: String, parent: String?) {
            self.endpoint = endpoint
            self.key = key
            self.parent = parent
            shaper = RowShaper(entity, carries: endpoint.carries)
            elementNames = entity.elementNames
            keyPlaces = entity.key.compactMap { key in entity.columns.firstIndex { $0.name == key } }
            before = Array("<Response>".utf8)
            after = Array("</Response>".utf8)
        }

        /// `place` is the record's 0-based place in its answer.
        func matches(_ record: [UInt8], at place: Int) -> Bool {
            guard mayMatch(record) else { return false }
            let items = endpoint.items.compactMap { $0.split(separator: "/").last }.map { "Response/\($0)" }
            var parser = XMLRecordParser(items: items, vocabulary: elementNames)
            do throws(ParseError) {
                try parser.feed(before + record + after)
                if let full = parser.nextBatch() { return keys(of: full, at: place).contains(key) }
                return try parser.finish().last.map { keys(of: $0, at: place).contains(key) } ?? false
            } catch {
                return false
            }
        }

        func isIn(json body: [UInt8]) -> Bool {
            let reader = JSONRecordReader(record: "record", vocabulary: elementNames)
            guard let batches = try? reader.read(body).batches else { return false }
            return batches.contains { keys(of: $0, at: 0).contains(key) }
        }

        /// Most records need not be read: a key stands in its record letter by letter, in either case, unless it is
        /// written in references.
        private func mayMatch(_ record: [UInt8]) -> Bool {
            let isPlain = key.utf8.allSatisfy { byte in
                byte > 0x20 && byte < 0x7F && !"<>&'\"/#".utf8.contains(byte)
            }
            guard isPlain else { return true }
            return record.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }.contains(Array(key.lowercased().utf8))
                || record.contains(Array("&#".utf8))
                || record.contains(Array("<!".utf8)) || record.contains(Array("<?".utf8))
        }

        private func keys(of batch: Batch, at place: Int) -> [String] {
            var batch = batch
            (batch.answer.parent, batch.answer.firstOrdinal) = (parent, -place)
            let shaped = shaper.shape(batch)
            guard let block = shaped.blocks.first else { return [] }
            return shaped.rejections.map(\.key)
                + (0..<block.count).map { row in
                    keyPlaces.map { text(block.values[row * block.width + $0], shaped.arena) }
                        .joined(separator: "/")
                }
        }

        private func text(_ value: Value, _ arena: [UInt8]) -> String {
            if case .integer(let number) = value { return String(number) }
            guard case .text(let start, let length) = value else { return "" }
            return String(decoding: arena[Int(start)..<Int(start + length)], as: UTF8.self)
        }
    }
}
