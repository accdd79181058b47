internal import Inflow

/// Finds the text of some columns in the records of a batch: the key, before rows are shaped.
struct KeyReader {
    /// For each column its paths, as numbers of the vocabulary.
    private let columns: [[[Int32]]]

    /// A reader of columns, by name, for batches of a parser that was given this vocabulary.
    init(_ names: [String], of entity: EntityDefinition, vocabulary: [String]) {
        columns = names.map { name in
            let paths = entity.columns.first { $0.name == name }?.paths ?? []
            return paths.compactMap { path in
                let steps = path.split(separator: "/").map { vocabulary.firstIndex(of: $0.lowercased()) }
                let found = steps.compactMap { $0.map(Int32.init) }
                return found.count == steps.count ? found : nil
            }
        }
    }

    /// The key of a record as text, columns joined by a zero byte; `nil` when one of them has no text.
    func key(of record: Int, in batch: borrowing Batch) -> [UInt8]? {
        var key: [UInt8] = []
        for paths in columns {
            guard let place = place(of: paths, under: Int(batch.records[record]), in: batch) else { return nil }
            if !key.isEmpty { key.append(0) }
            key += batch.text[place]
        }
        return key.isEmpty ? nil : key
    }

    private func place(of paths: [[Int32]], under root: Int, in batch: borrowing Batch) -> Range<Int>? {
        for path in paths {
            if let found = place(of: path[...], under: root, in: batch) { return found }
        }
        return nil
    }

    private func place(of path: ArraySlice<Int32>, under root: Int, in batch: borrowing Batch) -> Range<Int>? {
        guard let step = path.first else {
            let one = batch.elements[root]
            let start = Int(one.textStart)
            return one.textLength > 0 ? start..<start + Int(one.textLength) : nil
        }
        var child = root + 1
        let end = Int(batch.elements[root].end)
        while child < end {
            let one = batch.elements[child]
            if one.name == step, let found = place(of: path.dropFirst(), under: child, in: batch) { return found }
            child = Int(one.end)
        }
        return nil
    }
}

/// Keys that have been seen, as hashes of 64 bits.
struct SeenKeys {
    private var hashes: Set<Int> = []

    /// Notes a key; `false` when it was there before.
    mutating func insert(_ key: [UInt8]) -> Bool {
        var hasher = Hasher()
        key.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hashes.insert(hasher.finalize()).inserted
    }
}
