import Foundation
import Inflow
import TestSupport
import Testing

@testable import Warehouse

@Suite("Signing in", .warehouse)
struct SignInTests {
    private func isFitting(_ outcome: SignInOutcome) -> Bool {
        guard case .fits = outcome else { return false }
        return true
    }

    private func lock(_ outcome: SignInOutcome) -> Date? {
        guard case .locked(let end) = outcome else { return nil }
        return end
    }

    @Test("The right password fits whatever the case of the name; anything else is refused in the same way")
    func answers() async throws {
        let page = try PageFixture()
        try await page.add("Ann")
        try await page.add("bob", .viewer)
        try await page.users.disable("bob", by: PageFixture.doer)
        #expect(isFitting(try await page.authenticate("aNN")))
        let refused: [(String, String)] = [
            ("ann", "correct horse batterY"), ("ann", ""), ("ann", String(repeating: "a", count: 2_000)),
            ("bob", PageFixture.password), ("nobody", PageFixture.password), ("", ""), ("a\u{0}b", "x\u{0}"),
        ]
        for (name, password) in refused {
            #expect(try await page.authenticate(name, password, from: "2001:db8::1") == .refused, "\(name)")
        }
    }

    @Test("A password is hashed for every try, whether the account exists, is disabled, or the password cannot be one")
    func sameWork() async throws {
        let page = try PageFixture()
        try await page.add("ann")
        try await page.add("bob", .viewer)
        try await page.users.disable("bob", by: PageFixture.doer)
        // No hash can be begun here: who gets as far as that is told so, and who does not is not.
        let full = UserStore(page.warehouse, hashing: PasswordHashing(cost: .ofTests, most: 0))
        for name in ["ann", "bob", "nobody", "", "a\u{0}b"] {
            for password in [PageFixture.password, "", String(repeating: "a", count: 2_000)] {
                let outcome = try await full.authenticate(name: name, password: password, from: "192.0.2.1")
                #expect(outcome == .busy, "\(name)")
            }
        }
        #expect(try await page.rows("select * from inflow.sign_in_limit") == [], "and it is not counted")
    }

    @Test("After five failures the account is locked, also for the right password, and for accounts that do not exist")
    func locked() async throws {
        let page = try PageFixture()
        try await page.add("ann")
        for name in ["ann", "nobody"] {
            for number in 0..<5 {
                #expect(try await page.authenticate(name, "wrong", from: "192.0.2.\(number)") == .refused)
            }
            let end = try #require(lock(try await page.authenticate(name, from: "192.0.2.99")), "\(name)")
            #expect(abs(end.timeIntervalSinceNow - 60) < 30)
        }
        #expect(try await page.authenticate("other", from: "192.0.2.99") == .refused, "only that account is")
        // A minute later the right password is good, and forgets what was.
        try await page.rows(
            "update inflow.sign_in_limit set locked_until = locked_until - interval '2 minutes' where kind = 'account'")
        #expect(isFitting(try await page.authenticate("ann", from: "192.0.2.99")))
        #expect(try await page.authenticate("ann", "wrong", from: "192.0.2.99") == .refused)
        // A further failure on the other one locks it for longer.
        #expect(try await page.authenticate("nobody", "wrong", from: "192.0.2.99") == .refused)
        let longer = try #require(lock(try await page.authenticate("nobody", from: "192.0.2.99")))
        #expect(abs(longer.timeIntervalSinceNow - 120) < 30)
    }

    @Test("Tries at the same moment count like tries one after the other", arguments: ["ann", "nobody"])
    func atOnce(name: String) async throws {
        let page = try PageFixture()
        try await page.add("ann")
        let outcomes = try await withThrowingTaskGroup(of: SignInOutcome.self) { group in
            for number in 0..<15 {
                group.addTask { try await page.authenticate(name, "wrong", from: "192.0.2.\(number)") }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == .refused } == 5)
        #expect(outcomes.count { lock($0) != nil } == 10)
    }

    @Test("Twenty failures from an address lock it for every account; IPv6 counts by its network")
    func address() async throws {
        let page = try PageFixture()
        try await page.add("ann")
        for number in 0..<20 {
            let outcome = try await page.authenticate("account \(number)", "wrong", from: "2001:db8:0:1::\(number)")
            #expect(outcome == .refused)
        }
        #expect(lock(try await page.authenticate("ann", from: "2001:db8:0:1::ffff")) != nil)
        #expect(isFitting(try await page.authenticate("ann", from: "2001:db8:0:2::1")))
    }

    @Test("Somebody with an account does not get more guesses at those of others by signing in")
    func ownAccount() async throws {
        let page = try PageFixture()
        try await page.add("ann")
        for number in 0..<20 {
            _ = try await page.authenticate("account \(number)", "wrong")
            if number < 19 { #expect(isFitting(try await page.authenticate("ann")), "\(number)") }
        }
        #expect(lock(try await page.authenticate("ann")) != nil)
    }

    @Test("A new password or enabling ends a lock")
    func unlocked() async throws {
        let page = try PageFixture()
        try await page.add("ann")
        for change in 0..<2 {
            for number in 0..<5 { _ = try await page.authenticate("ann", "wrong", from: "192.0.2.\(change)\(number)") }
            #expect(lock(try await page.authenticate("ann", from: "192.0.2.77")) != nil)
            if change == 0 {
                try await page.users.enable("ann", by: PageFixture.doer)
            } else {
                try await page.users.setPassword(
                    try NewPassword(PageFixture.password, of: try PageName("ann")), of: "ann", by: PageFixture.doer)
            }
            #expect(isFitting(try await page.authenticate("ann", from: "192.0.2.77")))
        }
    }

    @Test("A hash of less cost is made anew at the next sign-in, and the password stays")
    func renewed() async throws {
        let page = try PageFixture()
        try await page.add("ann")
        let dearer = try PageFixture(hashing: PasswordHashing(cost: PasswordCost(logRounds: 5, blockSize: 8, lanes: 1)))
        #expect(try await dearer.authenticate("ann", "wrong") == .refused)
        let hash = "select left(password_hash, 20) from inflow.page_user"
        #expect(try await page.rows(hash) == ["$scrypt$ln=4,r=8,p=1"])
        let session = try #require(try await dearer.signIn("ann"))
        #expect(try await page.rows(hash) == ["$scrypt$ln=5,r=8,p=1"])
        #expect(isFitting(try await dearer.authenticate("ann")))
        #expect(isFitting(try await page.authenticate("ann")), "a server of the older cost reads it")
        #expect(try await page.rows(hash) == ["$scrypt$ln=5,r=8,p=1"], "and leaves it")
        #expect(try await page.sessions.session(session.token) != nil, "no session ends by that")
    }

    @Test("Failures are in the audit log by the account's name, and by no name where there is no such account")
    func audited() async throws {
        let page = try PageFixture()
        try await page.add("Ann")
        for _ in 0..<5 { _ = try await page.authenticate("ann", "wrong", from: "192.0.2.5") }
        _ = try await page.authenticate("ann", "wrong", from: "192.0.2.5")
        _ = try await page.authenticate("my secret password", "ann", from: "192.0.2.6")
        let entries = try await page.audit.list(action: .signInFailed, limit: 99)
        #expect(entries.map(\.subject) == [nil, "Ann", "Ann", "Ann", "Ann", "Ann"], "a try in a lock is none")
        #expect(entries.allSatisfy { $0.doer.actor == .nobody })
        #expect(entries.map { $0.details["locked_until"] != nil } == [false, true, false, false, false, false])
        let kept = try await page.rows(
            "select l::text from inflow.sign_in_limit l union all select a::text from inflow.audit a")
        for row in kept { #expect(!row.contains("secret password")) }
    }
}
