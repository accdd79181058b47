import Inflow
import Testing

@Suite("What roles and tokens may do")
struct PageAccessTests {
    @Test("Each role has the rights of the ones before it and no more")
    func roles() {
        let rights = PageRole.allCases.map { role in PageRight.allCases.filter { role.may($0) } }
        #expect(rights == [[.view], [.view, .operate], [.view, .operate, .administer]])
    }

    @Test("No token administers")
    func tokens() {
        let rights = APIScope.allCases.map { scope in PageRight.allCases.filter { scope.may($0) } }
        #expect(rights == [[.view], [.view, .operate]])
        #expect(!PageAccess(.operate, .all).mayEverywhere(.administer))
        #expect(PageAccess(.operate, .only([1])).may(.operate, on: 1))
    }

    @Test("A role for some connections has no right on another, nor on what belongs to none")
    func scopes() {
        let some = PageAccess(.admin, .only([1, 2]))
        #expect(some.may(.administer, on: 1) && some.may(.view, on: 2))
        #expect(!some.may(.view, on: 3) && !some.mayEverywhere(.view) && !some.mayEverywhere(.administer))
        let none = PageAccess(.admin, .only([]))
        #expect(!none.may(.view, on: 1) && !none.mayEverywhere(.view))
        #expect(PageAccess.everything.may(.administer, on: 3) && PageAccess.everything.mayEverywhere(.administer))
    }

    @Test("Each actor is read back from its stored parts")
    func actors() {
        let actors: [PageActor] = [
            .user(7, name: "ann"), .link(session: 8), .token(9, name: "zapier"), .command(account: "root on here"),
            .nobody,
        ]
        #expect(Set(actors.map(\.kind)).count == PageActor.Kind.allCases.count)
        for actor in actors { #expect(PageActor(actor.kind, number: actor.number, name: actor.name) == actor) }
    }
}
