import Inflow
import Testing

@testable import WorkflowMax

@Suite("Pages")
struct PageTurnerTests {
    private func page(
        _ rows: Int, repeated: Int = 0, size: Int? = nil, total: Int? = nil, records: Int? = nil
    ) -> Paginator.Page {
        var counters = AnswerCounters()
        counters.pulled = rows
        counters.pageSize = size
        counters.totalRecords = total
        counters.records = records
        return Paginator.Page(counters: counters, repeated: repeated, fresh: rows - repeated)
    }

    /// The pages asked for after each answer; 0 is the end, -1 a disagreement.
    private func turns(_ paging: Endpoint.Paging, _ pages: [Paginator.Page]) -> [Int] {
        var paginator = Paginator(paging)
        return pages.map { page in
            switch Result(catching: { try paginator.turn(after: page) }) {
            case .success(.page(let number)): number
            case .success(.end): 0
            case .failure: -1
            }
        }
    }

    @Test("A counted list ends when all its records were seen")
    func counted() {
        let paging = Endpoint.Paging.counted(size: 2)
        #expect(turns(paging, [page(2, size: 2, total: 3), page(1, size: 2, total: 3)]) == [2, 0])
        #expect(turns(paging, [page(2, size: 2, total: 2)]) == [0])
        #expect(turns(paging, [page(0, size: 2, total: 0)]) == [0])
        #expect(turns(paging, [page(1)]) == [0])
        // The platform gave everything at once and counted it.
        #expect(turns(paging, [page(5, size: 2, total: 5)]) == [0])
        // It does not honour the size asked for.
        #expect(turns(paging, [page(1, size: 1, total: 2), page(1, size: 1, total: 2)]) == [2, 0])
        // It repeats the size asked for, and gives fewer.
        #expect(turns(paging, [page(1, size: 2, total: 2), page(1, size: 2, total: 2)]) == [2, 0])
        // A record was added at the end meanwhile.
        #expect(turns(paging, [page(2, size: 2, total: 3), page(2, size: 2, total: 4)]) == [2, 0])
    }

    @Test(
        "11.2 a page as full as asked for, without a total, is followed by the next until one is short or says nothing new"
    )
    func untotalled() {
        let paging = Endpoint.Paging.counted(size: 2)
        #expect(turns(paging, [page(2), page(2), page(1)]) == [2, 3, 0])
        #expect(turns(paging, [page(2), page(0)]) == [2, 0])
        // `page` is ignored: everything comes at once, or each time.
        #expect(turns(paging, [page(7)]) == [0])
        #expect(turns(paging, [page(2), page(2, repeated: 2)]) == [2, 0])
        // A limit of the platform's that it does not tell of: a round number of rows may not be all.
        let wide = Endpoint.Paging.counted(size: 1_000)
        #expect(turns(wide, [page(100), page(100), page(37)]) == [2, 3, 0])
        #expect(turns(wide, [page(250), page(0)]) == [2, 0])
        #expect(turns(wide, [page(150), page(150, repeated: 150)]) == [2, 0])
        #expect(turns(wide, [page(0)]) == [0])
        #expect(turns(wide, [page(1_500)]) == [0])
        // The size that comes back counts.
        #expect(turns(paging, [page(1, size: 1), page(1, size: 1), page(0, size: 1)]) == [2, 3, 0])
    }

    @Test("A counted list whose counters and rows contradict each other is refused")
    func disagreements() {
        let paging = Endpoint.Paging.counted(size: 2)
        #expect(turns(paging, [page(1, size: 2, total: 2), page(0, size: 2, total: 2)]) == [2, -1])
        #expect(turns(paging, [page(1, size: 2, total: 2), page(1, repeated: 1, size: 2, total: 2)]) == [2, -1])
        #expect(turns(paging, [page(3, size: 2, total: 2)]) == [-1])
        // A record left meanwhile: another slipped past the border of the pages, though the sum is right.
        #expect(turns(paging, [page(2, size: 2, total: 4), page(1, size: 2, total: 3)]) == [2, -1])
        // The same rows again: `page` is ignored.
        #expect(turns(paging, [page(2, size: 2, total: 4), page(2, repeated: 2, size: 2, total: 4)]) == [2, -1])
        #expect(turns(paging, [page(2, size: 2, total: 4), page(2)]) == [2, -1])
        #expect(turns(.none, [page(2, total: 3)]) == [-1])
        #expect(turns(.none, [page(2, total: 2)]) == [0])
    }

    @Test("A list of fixed pages ends at an empty page or at rows that came before")
    func untilEmpty() {
        #expect(turns(.untilEmpty, [page(3, records: 3), page(2, records: 2), page(0, records: 0)]) == [2, 3, 0])
        #expect(turns(.untilEmpty, [page(3), page(3, repeated: 3)]) == [2, 0])
        #expect(turns(.untilEmpty, [page(3, records: 4)]) == [-1])
        #expect(turns(.untilEmpty, [page(0)]) == [0])
    }
}
