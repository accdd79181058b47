import TestSupport

/// One case: a body, what HTTP does to it, and what that allows.
///
/// The same seed and number make the same case.
struct FuzzCase: Sendable {
    let seed: UInt64
    let number: Int
    let template: Template
    /// What was done to the body, in order.
    private(set) var steps: [String] = []
    private(set) var body: [UInt8] = []
    let dressing: Dressing
    let spelling: Spelling
    /// Whether the bytes were changed after the tree was written.
    private(set) var isByteMutated = false
    /// Whether the body is in a form that Inflow says it reads.
    private(set) var isPlain = true
    /// Texts that nothing may show.
    let secrets: FuzzSecrets
    /// The answer to a refresh, where the case is about tokens; its body is then as it was typed.
    private(set) var token: TokenAnswer?

    private static let mostWeight = 3 << 20

    init(seed: UInt64, number: Int, templates: [Template]) {
        self.seed = seed
        self.number = number
        var numbers = SeededNumbers(seed: SeededNumbers.mixed(seed) ^ SeededNumbers.mixed(UInt64(number) &+ 0x51ED))
        let template = templates[Int.random(in: templates.indices, using: &numbers)]
        self.template = template
        secrets = FuzzSecrets(&numbers)
        if Int.random(in: 0..<6, using: &numbers) == 0 {
            token = TokenAnswer(&numbers, refreshed: secrets.refresh)
            (spelling, dressing) = (Spelling(), Dressing())
            body = spelling.bytes(of: template.body)
            return
        }
        let isOdd = Int.random(in: 0..<8, using: &numbers) == 0
        spelling = Spelling(&numbers, isOdd: isOdd)
        dressing = Int.random(in: 0..<5, using: &numbers) == 0 ? Dressing(&numbers) : Dressing()
        isPlain = ![.latin1, .utf16].contains(spelling.encoding)
        var root = template.body
        let count = [0, 1, 1, 2, 3, 5, 8].randomElement(using: &numbers) ?? 1
        for _ in 0..<count {
            let (mutation, before) = (TreeMutation.any(&numbers), root)
            mutation.apply(to: &root, of: template, &numbers)
            // Long texts in many records would be a case of minutes.
            if root.weight > FuzzCase.mostWeight { root = before }
            steps.append(mutation.rawValue)
        }
        if !steps.contains(where: { ["setCounter", "dropCounter"].contains($0) }) { FuzzCase.count(&root, template) }
        body = spelling.bytes(of: root)
        if Int.random(in: 0..<6, using: &numbers) == 0 {
            for _ in 0..<Int.random(in: 1...2, using: &numbers) {
                let mutation = ByteMutation.allCases.randomElement(using: &numbers) ?? .flip
                mutation.apply(to: &body, &numbers)
                steps.append(mutation.rawValue)
            }
            isByteMutated = true
        }
    }

    /// Makes the counters true again, where the body has some.
    private static func count(_ root: inout Element, _ template: Template) {
        let count = template.recordPlaces(in: root).count
        for place in root.places
        where place.count == 1 && ["totalrecords", "records"].contains(root[place].name.lowercased()) {
            root[place].nodes = [.text(String(count))]
        }
    }

    /// What a person needs to see the case before them.
    var description: String {
        """
        seed \(seed) case \(number): \(token.map { $0.summary + " for " } ?? "")\(template.name) as \(template.chunk), \(steps.joined(separator: " ")), \
        \(spelling.encoding.rawValue), \(dressing.summary)
        """
    }
}

extension Dressing {
    /// What is odd about it, in short.
    var summary: String {
        var parts = ["\(status)", coding.rawValue, framing.rawValue]
        if let cutAt { parts.append("cut at \(cutAt)\(isReset ? " by a reset" : "")") }
        if failures > 0 { parts.append("after a 503") }
        if isEcho { parts.append("echo") }
        return (parts + headers.map { String($0.prefix(50)) }).joined(separator: " ")
    }
}
