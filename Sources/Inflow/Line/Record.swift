/// One entity instance as the platform sent it: platform field names, text values.
///
/// A readable view of one element of a ``Batch``, for tests and for messages. The line itself reads the tape.
public struct Record: Sendable {
    private let batch: Batch
    private let element: Int

    init(batch: Batch, element: Int) {
        self.batch = batch
        self.element = element
    }

    /// The name of the record's element, or of the element this view stands on.
    public var name: String { batch.names[Int(batch.elements[element].name)] }

    /// Its own text, without that of its children.
    public var text: String {
        let one = batch.elements[element]
        return String(decoding: batch.text[Int(one.textStart)..<Int(one.textStart + one.textLength)], as: UTF8.self)
    }

    /// Its direct children in document order.
    public var children: [Record] {
        var found: [Record] = []
        var next = element + 1
        let end = Int(batch.elements[element].end)
        while next < end {
            found.append(Record(batch: batch, element: next))
            next = Int(batch.elements[next].end)
        }
        return found
    }

    /// The text at a path such as `Client/UUID`, without regard to case; `nil` when there is no such element.
    public func text(at path: String) -> String? {
        all(at: path).first?.text
    }

    /// All elements at a path, in document order.
    public func all(at path: String) -> [Record] {
        path.split(separator: "/").reduce([self]) { found, step in
            found.flatMap { $0.children.filter { $0.name.lowercased() == step.lowercased() } }
        }
    }
}
