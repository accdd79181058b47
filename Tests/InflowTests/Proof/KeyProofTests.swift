import Foundation
import Inflow
import Testing

@Suite("Proof by key")
struct KeyProofTests {
    private static func denied(_ words: String, _ key: String, status: Int = 200) -> KeyAnswer.Outcome {
        .denied(KeyDenial(status: status, words: words, key: key))
    }

    /// A proof whose control was given and whose made-up key is X9.
    private static func proof(madeUp: KeyAnswer.Outcome?) -> KeyProof { KeyProof(control: .found, madeUp: madeUp) }

    @Test("A record is gone when it is refused just as a made-up key is, each by its own name")
    func sameForm() {
        let proof = Self.proof(madeUp: Self.denied("Nothing is known  by X9.", "X9"))
        #expect(proof.verdict(on: Self.denied("nothing is known by J001.", "J001")) == .gone)
        #expect(proof.verdict(on: .denied(.empty)) != .gone)
        #expect(proof.verdict(on: Self.denied("Nothing is known by J0012.", "J001")) != .gone, "another key")
        #expect(proof.verdict(on: Self.denied("Nothing is known by J001.", "J001", status: 400)) != .gone)
        #expect(proof.verdict(on: .found) == .found)
        #expect(proof.verdict(on: .unclear("another record")) == .notKnown("another record"))
        #expect(Self.proof(madeUp: .denied(.empty)).verdict(on: .denied(.empty)) == .gone)
    }

    @Test("Not found by its name is enough where the made-up key got another answer; a path is no name")
    func byName() {
        let proof = Self.proof(madeUp: .found)
        #expect(proof.verdict(on: Self.denied("There is no J001", "j001", status: 404)) == .gone)
        #expect(proof.verdict(on: Self.denied("There is no J001", "J001")) != .gone)
        #expect(proof.verdict(on: Self.denied("no route /job.api/get/J001", "J001", status: 404)) != .gone)
        #expect(proof.verdict(on: Self.denied("not found", "J001", status: 404)) != .gone)
    }

    @Test("Nothing is proved while the control is not given", arguments: [nil, Self.denied("x", "y"), .unclear("z")])
    func noControl(control: KeyAnswer.Outcome?) {
        let denial = Self.denied("Nothing is known by J001.", "J001", status: 404)
        let proof = KeyProof(control: control, madeUp: denial)
        if case .notKnown = proof.verdict(on: denial) { return }
        Issue.record("it was proved: \(proof.verdict(on: denial))")
    }

    @Test(
        "A made-up key has the shape of the key and is another one",
        arguments: [
            "d3b0f1f2-9f2e-4c5e-8a6b-0123456789ab": "d3b0f1f2-9f2e-4c5e-8a6b-0123456789ab", "J000123": "J900000",
            "INV-17": "INV-90000", "1234567": "9000000", "misc": "misc90000", "": "90000",
        ])
    func madeUp(key: String, shape: String) {
        var random = SystemRandomNumberGenerator()
        let made = KeyProof.madeUpKey(like: key, using: &random)
        #expect(made != key && made.count == shape.count, "\(made)")
        let isUUID = key.count == 36
        let rest = made.enumerated().filter { isUUID ? $1 == "-" : $0 < shape.count - 5 }.map(\.element)
        let expected = shape.enumerated().filter { isUUID ? $1 == "-" : $0 < shape.count - 5 }.map(\.element)
        if isUUID || key.count != 7 { #expect(rest == expected, "\(made)") }
        #expect(isUUID || made.contains("9"))
    }

    @Test("The brake counts what is missing in a run, and with what was marked in seven days")
    func brake() {
        var settings = ConnectionSettings(
            accountID: "a", clientID: "c", timeZone: .gmt, firstDate: LocalDate(daysSinceEpoch: 18_262))
        (settings.brakeRunRows, settings.brakeWeekRows) = (10, 25)
        let brake = DeletionBrake(settings)
        #expect(brake.reason(rows: 10, marked: 15) == nil)
        #expect(brake.reason(rows: 11, marked: 0)?.contains("brake-run-rows") == true)
        #expect(brake.reason(rows: 10, marked: 16)?.contains("brake-week-rows") == true)
    }
}
