/// Finds the entity that a person means.
///
/// A name is taken without regard to case, plural, blanks, hyphens and underscores: `Purchase Orders` is
/// `purchase_order`. A source adds its synonyms. A name that means several entities is refused with their names, and one
/// that means none with those that are spelt like it. Every command that takes entities asks here, so that they agree.
public struct EntityNames: Sendable {
    private let entities: [EntityDefinition]
    private let synonyms: [String: [String]]

    /// The names of some entities; `synonyms` maps other words to the names they stand for.
    public init(_ entities: [EntityDefinition], synonyms: [String: [String]] = [:]) {
        self.entities = entities
        self.synonyms = synonyms
    }

    /// The entities that some names mean, each once, in the order of the names.
    ///
    /// - Throws: a refusal in words for a name that means none or several.
    public func find(_ names: [String]) throws(RunPlan.Refusal) -> [EntityDefinition] {
        var found: [EntityDefinition] = []
        for name in names {
            let entity = try find(name)
            if !found.contains(where: { $0.name == entity.name }) { found.append(entity) }
        }
        return found
    }

    /// The entity that a name means.
    ///
    /// - Throws: a refusal in words where it means none or several.
    public func find(_ name: String) throws(RunPlan.Refusal) -> EntityDefinition {
        let forms = EntityNames.singulars(Spelling.plain(name))
        if let entity = entities.first(where: { forms.contains(Spelling.plain($0.name)) }) { return entity }
        let meant = Set(synonyms.filter { forms.contains(Spelling.plain($0.key)) }.flatMap(\.value))
        let candidates = entities.filter { meant.contains($0.name) }
        if candidates.count == 1 { return candidates[0] }
        guard candidates.isEmpty else {
            let names = candidates.map(\.name).joined(separator: ", ")
            throw RunPlan.Refusal(
                description: "\"\(name)\" means several entities: \(names). Nothing was read. Name one of them.")
        }
        throw .unknownEntity(name, among: entities, like: alike(forms))
    }

    /// The entities whose names, or synonyms, differ from the given forms by a typing error or two.
    private func alike(_ forms: Set<String>) -> [String] {
        let words = entities.map { ($0.name, [$0.name]) } + synonyms.map { ($0.key, $0.value) }
        let distances = words.flatMap { word, names in
            let plain = Spelling.plain(word)
            let distance = forms.map { Spelling.distance($0, plain) }.min() ?? Int.max
            return distance <= max(1, plain.count / 3) ? names.map { (name: $0, distance: distance) } : []
        }
        guard let least = distances.map(\.distance).min() else { return [] }
        let near = Set(distances.filter { $0.distance == least }.map(\.name))
        return entities.map(\.name).filter(near.contains)
    }

    /// The words that a word may be the plural of, and the word itself.
    private static func singulars(_ word: String) -> Set<String> {
        var forms: Set<String> = [word]
        if word.hasSuffix("s") { forms.insert(String(word.dropLast())) }
        if word.hasSuffix("es") { forms.insert(String(word.dropLast(2))) }
        if word.hasSuffix("ies") { forms.insert(word.dropLast(3) + "y") }
        return forms
    }
}
