/// Rows of one table, values in the order of its columns followed by `extra`.
public struct RowBlock: Sendable {
    /// Values per row: the columns, then `extra`.
    public let width: Int
    /// All values, row by row.
    public var values: [Value] = []
    /// For each row, the 0-based place in the answer of the record it came from; never falls.
    public var ordinals: [Int32] = []

    /// An empty block of rows of `width` values.
    public init(width: Int) {
        self.width = width
    }

    /// Rows in the block.
    public var count: Int { ordinals.count }
}

/// A batch as typed rows: of the entity's table, then of each child's in the definition's order.
public struct ShapedBatch: Sendable {
    /// What the values' texts are ranges of.
    public var arena: [UInt8] = []
    /// One block per table: the entity's first, then its children's.
    public var blocks: [RowBlock] = []
    /// Records that are not loaded, with why.
    public var rejections: [Rejection] = []
    /// Elements the definition does not name, one note per table and path of this batch.
    public var drift: [Drift] = []

    /// A batch without rows.
    public init() {}
}
