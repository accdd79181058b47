/// An element of a body as the fuzzer holds it: a tree that mutations change and ``Spelling`` writes.
///
/// It shares nothing with the parser that it tests.
struct Element: Sendable, Hashable {
    /// What stands in an element.
    enum Node: Sendable, Hashable {
        case element(Element)
        case text(String)
    }

    /// An attribute, as it is written.
    struct Attribute: Sendable, Hashable {
        var name: String
        var value: String
    }

    var name: String
    var attributes: [Attribute] = []
    var nodes: [Node] = []

    init(_ name: String, _ text: String? = nil, _ children: [Element] = []) {
        self.name = name
        nodes = (text.map { [.text($0)] } ?? []) + children.map { .element($0) }
    }

    /// The elements directly in it.
    var children: [Element] {
        nodes.compactMap { if case .element(let one) = $0 { one } else { nil } }
    }

    /// The text directly in it, all pieces together.
    var text: String {
        nodes.reduce(into: "") { if case .text(let one) = $1 { $0 += one } }
    }

    /// Bytes of all its names and texts, roughly.
    var weight: Int {
        nodes.reduce(2 * name.utf8.count) { sum, node in
            switch node {
            case .element(let child): sum + child.weight
            case .text(let text): sum + text.utf8.count
            }
        }
    }

    /// Whether it holds neither elements nor attributes.
    var isLeaf: Bool { attributes.isEmpty && children.isEmpty }

    /// Whether it bears a name, without regard to case.
    func isNamed(_ other: some StringProtocol) -> Bool { name.lowercased() == other.lowercased() }

    // MARK: places

    /// The way to an element: the index in `nodes` at each level; empty for this one.
    typealias Place = [Int]

    /// All places below it, in document order.
    var places: [Place] {
        var found: [Place] = []
        for (index, node) in nodes.enumerated() {
            guard case .element(let child) = node else { continue }
            found.append([index])
            found += child.places.map { [index] + $0 }
        }
        return found
    }

    /// The element at a place.
    subscript(place: Place) -> Element {
        get {
            guard let first = place.first, nodes.indices.contains(first), case .element(let child) = nodes[first]
            else { return self }
            return child[Array(place.dropFirst())]
        }
        set {
            guard let first = place.first else {
                self = newValue
                return
            }
            guard nodes.indices.contains(first), case .element(var child) = nodes[first] else { return }
            child[Array(place.dropFirst())] = newValue
            nodes[first] = .element(child)
        }
    }

    /// Places of elements that satisfy a condition.
    func places(where isWanted: (Element) -> Bool) -> [Place] { places.filter { isWanted(self[$0]) } }
}

extension Element {
    /// A tree of the parser's reply: `[name, [[attribute, value], …], [child or text, …]]`.
    init?(json: Any) {
        guard let parts = json as? [Any], parts.count == 3, let name = parts[0] as? String,
            let attributes = parts[1] as? [[String]], let nodes = parts[2] as? [Any]
        else { return nil }
        self.name = name
        self.attributes = attributes.compactMap { $0.count == 2 ? Attribute(name: $0[0], value: $0[1]) : nil }
        self.nodes = nodes.compactMap { node in
            if let text = node as? String { return .text(text) }
            return Element(json: node).map { .element($0) }
        }
    }
}
