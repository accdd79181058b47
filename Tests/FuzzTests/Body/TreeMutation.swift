import TestSupport

/// A change of a body's tree, such as platforms have made to theirs.
enum TreeMutation: String, Sendable, CaseIterable {
    case dropElement, doubleElement, renameElement, renameToNeighbour, wrapElement, unwrapElement, moveElement
    case shuffleChildren, setText, swapTexts, clearElement, addUnknown, addAttribute, mixText
    case dropRecord, doubleRecord, copyRecord, shareKey, setIdentifier, shareLineIdentifier
    case manyRecords, longText, deepNest, manyNames
    case setCounter, dropCounter, setStatus, addError, renameContainer, doubleContainer, dropContainer, emptyContainer
    case renameRoot, changeCase

    /// One of them; what stands around the records is changed less often than the records.
    static func any(_ numbers: inout SeededNumbers) -> TreeMutation {
        let one = allCases.randomElement(using: &numbers) ?? .setText
        let isRare = [
            setCounter, dropCounter, setStatus, addError, renameContainer, doubleContainer, dropContainer,
            emptyContainer,
            renameRoot, deepNest, manyNames, longText, manyRecords,
        ].contains(one)
        if isRare, Int.random(in: 0..<4, using: &numbers) > 0 {
            return Bool.random(using: &numbers) ? .setText : .setIdentifier
        }
        return one
    }

    /// Applies it at places that the numbers choose.
    func apply(to root: inout Element, of template: Template, _ numbers: inout SeededNumbers) {
        switch self {
        case .dropElement, .doubleElement, .renameElement, .renameToNeighbour, .wrapElement, .unwrapElement,
            .moveElement, .shuffleChildren:
            applyToStructure(&root, &numbers)
        case .setText, .swapTexts, .clearElement, .addUnknown, .addAttribute, .mixText, .longText, .changeCase:
            applyToText(&root, &numbers)
        case .dropRecord, .doubleRecord, .copyRecord, .shareKey, .setIdentifier, .shareLineIdentifier, .manyRecords:
            applyToRecords(&root, template, &numbers)
        case .deepNest, .manyNames: applyToSizes(&root, &numbers)
        case .setCounter, .dropCounter, .setStatus, .addError, .renameContainer, .doubleContainer, .dropContainer,
            .emptyContainer, .renameRoot:
            applyToEnvelope(&root, template, &numbers)
        }
    }

    // MARK: structure

    private func applyToStructure(_ root: inout Element, _ numbers: inout SeededNumbers) {
        guard let place = root.places.randomElement(using: &numbers), let index = place.last else { return }
        let outer = Array(place.dropLast())
        let one = root[place]
        switch self {
        case .dropElement: root[outer].nodes.remove(at: index)
        case .doubleElement:
            root[outer].nodes.insert(.element(one), at: Bool.random(using: &numbers) ? index : root[outer].nodes.count)
        case .renameElement:
            root[place].name =
                ["Other", "Name", "UUID", "ID", "Date", "Amount", "Tasks", "Task", "Job", "Status"]
                .randomElement(using: &numbers) ?? "Other"
        case .renameToNeighbour:
            root[place].name = root[outer].children.randomElement(using: &numbers)?.name ?? one.name
        case .wrapElement: root[place] = Element("Wrap", nil, [one])
        case .unwrapElement: root[outer].nodes.replaceSubrange(index...index, with: one.nodes)
        case .moveElement:
            root[outer].nodes.remove(at: index)
            let target = root.places.randomElement(using: &numbers) ?? []
            root[target].nodes.append(.element(one))
        default: root[outer].nodes.shuffle(using: &numbers)
        }
    }

    // MARK: texts

    private func applyToText(_ root: inout Element, _ numbers: inout SeededNumbers) {
        let leaves = root.places { $0.isLeaf && !$0.text.isEmpty }
        guard let place = leaves.randomElement(using: &numbers) else { return }
        let outer = Array(place.dropLast())
        switch self {
        case .setText: root[place].nodes = [.text(OddValues.text(&numbers))].filter { $0 != .text("") }
        case .swapTexts:
            let other = leaves.randomElement(using: &numbers) ?? place
            (root[place].nodes, root[other].nodes) = (root[other].nodes, root[place].nodes)
        case .clearElement: root[place].nodes = []
        case .addUnknown:
            let unknown = Element("Unknown\(Int.random(in: 1...3, using: &numbers))", OddValues.text(&numbers))
            root[outer].nodes.insert(
                .element(unknown), at: Int.random(in: 0...root[outer].nodes.count, using: &numbers))
        case .addAttribute:
            let name = ["kind", "status", "id", "nil", "UUID"].randomElement(using: &numbers) ?? "kind"
            guard !root[place].attributes.contains(where: { $0.name == name }) else { return }
            root[place].attributes.append(.init(name: name, value: OddValues.text(&numbers)))
        case .mixText: root[outer].nodes.insert(.text("loose text"), at: 0)
        case .longText: root[place].nodes = [.text(String(repeating: "Ā long text\n", count: 80_000))]
        default:
            root[place].name =
                Bool.random(using: &numbers) ? root[place].name.uppercased() : root[place].name.lowercased()
        }
    }

    // MARK: records

    private func applyToRecords(_ root: inout Element, _ template: Template, _ numbers: inout SeededNumbers) {
        let records = template.recordPlaces(in: root)
        guard let place = records.randomElement(using: &numbers), let index = place.last else { return }
        let outer = Array(place.dropLast())
        switch self {
        case .dropRecord: root[outer].nodes.remove(at: index)
        case .doubleRecord: root[outer].nodes.append(.element(root[place]))
        case .copyRecord: root[outer].nodes.append(.element(template.copy(root[place], number: 1, &numbers)))
        case .manyRecords:
            let count = Int.random(in: 2...400, using: &numbers)
            let one = root[place]
            for number in 1...count { root[outer].nodes.append(.element(template.copy(one, number: number, &numbers))) }
        case .shareKey:
            guard let other = records.randomElement(using: &numbers) else { return }
            let key = template.identifier(of: root[other])
            template.setIdentifier(of: &root[place], to: key)
        case .setIdentifier:
            let key = template.identifier(of: root[place])
            template.setIdentifier(of: &root[place], to: OddValues.identifier(key, &numbers))
        default:
            let lines = root[place].places { $0.isNamed("UUID") && $0.isLeaf }.filter { $0.count > 1 }
            guard let one = lines.randomElement(using: &numbers), let other = lines.randomElement(using: &numbers)
            else { return }
            root[place][one].nodes = root[place][other].nodes
        }
    }

    private func applyToSizes(_ root: inout Element, _ numbers: inout SeededNumbers) {
        guard let place = root.places.randomElement(using: &numbers) else { return }
        if self == .deepNest {
            var deep = Element("Deep", "bottom")
            for _ in 0..<Int.random(in: 2...90, using: &numbers) { deep = Element("Deep", nil, [deep]) }
            root[place].nodes.append(.element(deep))
        } else {
            let count = Int.random(in: 10...600, using: &numbers)
            root[place].nodes += (0..<count).map { .element(Element("Name\($0)", "v\($0)")) }
        }
    }

    // MARK: what stands around the records

    private func applyToEnvelope(_ root: inout Element, _ template: Template, _ numbers: inout SeededNumbers) {
        let records = template.recordPlaces(in: root)
        let containers = root.nodes.indices.filter { index in records.contains { $0.first == index && $0.count > 1 } }
        switch self {
        case .setCounter:
            let name = ["Page", "PageSize", "TotalRecords", "Records"].randomElement(using: &numbers) ?? "Records"
            root.nodes.removeAll { if case .element(let one) = $0 { one.isNamed(name) } else { false } }
            let right = name == "Page" ? 1 : name == "PageSize" ? template.pageSize ?? 100 : records.count
            root.nodes.insert(.element(Element(name, OddValues.counter(right, &numbers))), at: 0)
        case .dropCounter:
            root.nodes.removeAll {
                if case .element(let one) = $0 {
                    ["totalrecords", "pagesize"].contains(one.name.lowercased())
                } else {
                    false
                }
            }
        case .setStatus:
            root.nodes.removeAll { if case .element(let one) = $0 { one.isNamed("Status") } else { false } }
            let words = ["OK", "ok", " OK ", "ERROR", "Error", "", "FAILED", "Fine", "0"]
            root.nodes.insert(.element(Element("Status", words.randomElement(using: &numbers))), at: 0)
        case .addError: root.nodes.append(.element(Element("ErrorDescription", "down for \(OddValues.text(&numbers))")))
        case .renameRoot:
            root.name =
                ["response", "Responses", "html", "Error", "soap:Envelope"].randomElement(using: &numbers) ?? "X"
        default:
            guard let index = containers.randomElement(using: &numbers) else { return }
            switch self {
            case .renameContainer: root[[index]].name = "Results"
            case .doubleContainer: root.nodes.append(root.nodes[index])
            case .dropContainer: root.nodes.remove(at: index)
            default: root[[index]].nodes = []
            }
        }
    }
}
