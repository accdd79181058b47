internal import Inflow

/// The first-connect checklist as its template sees it; there is none once every step is done.
struct ChecklistView {
    private let steps: [Step]

    private struct Step {
        let isDone: Bool
        let isNext: Bool
        let title: String
        let words: String
        let action: String
        let isPost: Bool
        let button: String
        let mayPress: Bool
    }

    init?(_ steps: [ChecklistStep], name: String, mayOperate: Bool) {
        guard steps.contains(where: { !$0.isDone }) else { return nil }
        let address = Address.connection(name)
        let next = steps.firstIndex { !$0.isDone }
        self.steps = steps.enumerated().map { place, step in
            let (title, button, path, isPost) = ChecklistView.words(step.kind)
            return Step(
                isDone: step.isDone, isNext: place == next, title: title, words: step.words, action: address + path,
                isPost: isPost, button: button, mayPress: mayOperate && !step.isDone)
        }
    }

    private static func words(
        _ kind: ChecklistStep.Kind
    ) -> (title: String, button: String, path: String, isPost: Bool) {
        switch kind {
        case .authorise: ("Authorise", "Authorisation", "/authorise", false)
        case .seed: ("Seed the reference tables", "Read the lists", "/seed", true)
        case .backfill: ("Backfill history", "Plan a backfill", "/backfill", false)
        case .syncAll: ("Sync All", "Sync All", "/sync", true)
        case .validate: ("Validate", "Read again and compare", "/reconcile", true)
        }
    }
}
