import Inflow
import Postgres
import Records
import TestSupport
import Testing

@testable import Warehouse
@testable import WorkflowMax

/// Costs and values as the answers to their parents.
@Suite("Records of another entity asked for what hangs on them", .platform)
struct PerParentStoreTests {
    private let jobs = EntityDefinition.job
    private let costs = EntityDefinition.jobCost

    private func load(jobs xml: String..., in fixture: LoaderFixture) async throws {
        let body = "<Response><Jobs>\(xml.joined())</Jobs></Response>"
        try await fixture.load(try EntityDefinition.shaped(body, jobs), as: jobs)
    }

    private func job(_ number: String, modified: String = "2026-01-01", name: String = "A job") -> String {
        "<Job><UUID>u-\(number)</UUID><ID>\(number)</ID><Name>\(name)</Name>"
            + "<DateModifiedUtc>\(modified)T00:00:00</DateModifiedUtc></Job>"
    }

    /// Loads answers of parents, in this order, as one chunk; nil is an answer that the parent is not known.
    @discardableResult
    private func load(
        _ entity: EntityDefinition, _ answers: [(parent: String, records: String?)], in fixture: LoaderFixture,
        loader: Loader? = nil
    ) async throws -> Tally {
        let loader = loader ?? fixture.loader()
        let shaper = RowShaper(entity)
        try await loader.begin(entity, carries: .everything, chunk: .parents(answers.map(\.parent)))
        var reading = ChunkReceipt()
        for (parent, records) in answers {
            reading.parents.append(AnsweredParent(key: parent, isKnown: records != nil))
            guard let records else { continue }
            let items = entity.endpoint.items[0].split(separator: "/")
            var parser = XMLRecordParser(
                items: entity.endpoint.items, vocabulary: entity.elementNames, firstOrdinal: reading.pulled)
            let body = Array("<Response><\(items[1])>\(records)</\(items[1])></Response>".utf8)
            try body.withUnsafeBytes { try parser.feed($0) }
            guard var batch = try parser.finish().last else { continue }
            (batch.answer.parent, batch.answer.firstOrdinal) = (parent, reading.pulled)
            reading.pulled += batch.count
            try await loader.add(shaper.shape(batch))
        }
        return try await loader.merge(reading).tally
    }

    private func cost(_ uuid: String, _ quantity: String = "1") -> String {
        "<Cost><UUID>\(uuid)</UUID><Quantity>\(quantity)</Quantity></Cost>"
    }

    /// Judges what is missing of costs as the end of a run does, with no brake.
    private func mark(_ entity: EntityDefinition, _ fixture: LoaderFixture) async throws -> Int {
        let missing = PerParentMissing(fixture.warehouse, fixture.connection, known: allEntities)
        _ = try await missing.losses(entity, run: fixture.run)
        try await missing.settle(entity, holding: nil, run: fixture.run)
        return try await MissingRows(fixture.warehouse, fixture.connection).markGone(entity, run: fixture.run)
    }

    private func backlog(_ entity: EntityDefinition, _ fixture: LoaderFixture, limit: Int = 100) async throws
        -> ParentBacklog
    {
        let reads = PerParentStore(fixture.warehouse, fixture.connection, known: allEntities)
        return try #require(try await reads.backlogs([entity], limit: limit).first)
    }

    private func living(_ fixture: LoaderFixture) async throws -> [String] {
        try await fixture.rows(
            "select job_number, uuid, quantity from wfm.job_cost where deleted_at is null order by 1, 2")
    }

    // MARK: what needs no call

    private func load(invoices xml: String..., in fixture: LoaderFixture) async throws {
        let invoices = EntityDefinition.invoice
        let body = "<Response><Invoices>\(xml.joined())</Invoices></Response>"
        try await fixture.load(try EntityDefinition.shaped(body, invoices), as: invoices)
    }

    private func invoice(_ number: String, paid: String?, uuid: String? = nil) -> String {
        "<Invoice><UUID>\(uuid ?? "u-\(number)")</UUID><ID>\(number)</ID><Date>2026-01-01</Date>"
            + (paid.map { "<AmountPaid>\($0)</AmountPaid>" } ?? "") + "</Invoice>"
    }

    private func payment(_ amount: String) -> String {
        "<Payment><Date>2026-01-01</Date><Amount>\(amount)</Amount></Payment>"
    }

    @Test("An invoice needs a call unless it says that nothing is paid, or as much as the payments held add up to")
    func proven() async throws {
        let fixture = try await LoaderFixture()
        let payments = EntityDefinition.invoicePayment
        try await load(
            invoices: invoice("I0", paid: "0.00"), invoice("I1", paid: nil), invoice("I2", paid: "30"),
            invoice("I3", paid: "0", uuid: "a"), invoice("I3", paid: "0", uuid: "b"), in: fixture)
        var backlog = try await backlog(payments, fixture)
        #expect(
            Set(backlog.dueKeys) == ["I1", "I2", "I3"] && backlog.proven == 1, "null and a shared number prove nothing")
        try await load(payments, [("I2", payment("10") + payment("20")), ("I1", ""), ("I3", "")], in: fixture)
        // The header changes, and what is paid does not.
        try await fixture.rows("update wfm.invoice set changed_at = now() + interval '1 hour'")
        backlog = try await self.backlog(payments, fixture)
        #expect(Set(backlog.dueKeys) == ["I1", "I3"] && backlog.proven == 2)
        // A payment that is deleted counts no longer, and one whose amount could not be read proves nothing.
        for change in ["deleted_at = now()", "deleted_at = null, amount = null"] {
            try await fixture.rows("update wfm.invoice_payment set \(change) where amount = 10 or amount is null")
            #expect(try await self.backlog(payments, fixture).dueKeys.contains("I2"), "\(change)")
        }
    }

    @Test("An invoice with a payment that is held for a person proves nothing")
    func provenHeld() async throws {
        let fixture = try await LoaderFixture()
        let payments = EntityDefinition.invoicePayment
        try await load(invoices: invoice("I2", paid: "30"), in: fixture)
        try await load(payments, [("I2", payment("10") + payment("20"))], in: fixture)
        try await load(payments, [("I2", payment("10"))], in: fixture)
        try await fixture.rows("update wfm.invoice set changed_at = now() + interval '1 hour'")
        #expect(try await backlog(payments, fixture).dueKeys == ["I2"])
    }

    @Test("A job that a document shows to have costs is asked before newer ones, which are asked last and not never")
    func likely() async throws {
        let fixture = try await LoaderFixture()
        try await load(
            jobs: job("J1", modified: "2025-01-01"), job("J2", modified: "2026-03-01"),
            job("J3", modified: "2025-02-01"), job("J4", modified: "2026-02-01"), in: fixture)
        try await load(
            invoices: "<Invoice><UUID>x</UUID><ID>I9</ID><Date>2026-01-01</Date><Jobs><Job><ID>J1</ID><Costs><Cost>"
                + "<Description>c</Description></Cost></Costs></Job></Jobs></Invoice>", in: fixture)
        try await fixture.rows("update wfm.invoice_cost set job_number = 'J1'")
        #expect(try await backlog(costs, fixture).dueKeys == ["J1", "J2", "J4", "J3"])
    }

    // MARK: what is complete

    @Test("Values are complete once no record waits, until a record changes, and never where Inflow does not read them")
    func complete() async throws {
        let fixture = try await LoaderFixture()
        let store = PerParentStore(fixture.warehouse, fixture.connection, known: allEntities)
        func isComplete() async throws -> [String] {
            try await fixture.rows(
                "select inflow.values_complete(connection_id, 'job_cost', '-infinity') from inflow.value_state "
                    + "where entity = 'job_cost'")
        }
        func note(isRead: Bool = true) async throws {
            let found = try await store.backlogs([costs], limit: 0)
            try await store.noteState(isRead ? found : [], notRead: isRead ? [] : [costs], run: fixture.run)
        }
        try await load(jobs: job("J1"), job("J2"), in: fixture)
        try await load(costs, [("J1", cost("a"))], in: fixture)
        try await note()
        #expect(try await isComplete() == ["f"])
        try await load(costs, [("J2", "")], in: fixture)
        try await note()
        #expect(try await isComplete() == ["t"])
        try await load(jobs: job("J1"), job("J2"), job("J3"), in: fixture)
        #expect(try await isComplete() == ["f"], "J3 has come since")
        try await load(costs, [("J3", "")], in: fixture)
        try await note()
        #expect(try await isComplete() == ["t"])
        try await note(isRead: false)
        #expect(try await isComplete() == ["f"])
    }

    // MARK: what an answer says

    @Test(
        "A parent's answer is all there is of it: what is absent is kept in history and marked, others are not touched")
    func replaced() async throws {
        let fixture = try await LoaderFixture()
        let first = [("J1", cost("a") + cost("b")), ("J2", cost("c"))].map { (parent: $0.0, records: Optional($0.1)) }
        #expect(try await load(costs, first, in: fixture).words == "3 = 3 inserted")
        let second = try await load(costs, [("J1", cost("b", "2"))], in: fixture)
        #expect(second.words == "1 = 1 updated")
        #expect(
            try await living(fixture) == ["J1 | a | 1", "J1 | b | 2", "J2 | c | 1"], "it is missing, and not gone yet")
        #expect(try await mark(costs, fixture) == 1)
        #expect(try await living(fixture) == ["J1 | b | 2", "J2 | c | 1"])
        #expect(
            try await fixture.rows("select key, change, record->>'quantity' from inflow.history order by key")
                == ["J1/a | marked_deleted | 1", "J1/b | updated | 1"])
        #expect(
            try await load(costs, [("J1", cost("a") + cost("b", "2"))], in: fixture).words
                == "2 = 1 updated + 1 unchanged")
        #expect(try await living(fixture) == ["J1 | a | 1", "J1 | b | 2", "J2 | c | 1"])
        #expect(try await load(costs, [("J1", ""), ("J2", "")], in: fixture).words == "0 = 0")
        #expect(try await mark(costs, fixture) == 3)
    }

    @Test("A parent that the platform does not know keeps what it had, and is due again after a pause or a change")
    func unknown() async throws {
        let fixture = try await LoaderFixture()
        try await load(jobs: job("J1"), job("J2"), in: fixture)
        try await load(costs, [("J1", cost("a")), ("J2", cost("b"))], in: fixture)
        #expect(try await load(costs, [("J1", nil)], in: fixture).words == "0 = 0")
        #expect(try await living(fixture) == ["J1 | a | 1", "J2 | b | 1"])
        let backlog = try await backlog(costs, fixture)
        #expect((backlog.parents, backlog.due, backlog.unknown) == (2, 0, 1))
        try await load(jobs: job("J1", name: "Another name"), job("J2"), in: fixture)
        #expect(try await self.backlog(costs, fixture).dueKeys == ["J1"])
        #expect(try await load(costs, [("J1", nil)], in: fixture).words == "0 = 0")
        #expect(try await self.backlog(costs, fixture).due == 0)
        for (hours, due) in [(47, 0), (49, 1)] {
            try await fixture.rows(
                "update inflow.parent_read set asked_at = now() - interval '\(hours) hours' where parent_key = 'J1'")
            try await fixture.rows("update wfm.job set changed_at = now() - interval '1 year'")
            #expect(try await self.backlog(costs, fixture).due == due, "after \(hours) hours of a pause of two days")
        }
    }

    @Test("A record of which a row is held is not due, but comes first of those read longest ago")
    func held() async throws {
        let fixture = try await LoaderFixture()
        try await load(jobs: job("J1"), job("J2"), in: fixture)
        try await load(costs, [("J1", cost("a")), ("J2", cost("b"))], in: fixture)
        try await load(costs, [("J2", "")], in: fixture)
        let missing = PerParentMissing(fixture.warehouse, fixture.connection, known: allEntities)
        let losses = try await missing.losses(costs, run: fixture.run)
        #expect(
            losses.losses
                == [ParentLoss(parent: "J2", rows: 0, missing: 1, isEmptied: true, hasChanged: false)])
        try await missing.settle(costs, holding: "a reason", run: fixture.run)
        #expect(try await fixture.rows("select key, status, reason from inflow.missing") == ["J2/b | held | a reason"])
        try await fixture.rows(
            "update inflow.parent_read set asked_at = now() - case parent_key when 'J1' then interval '3 days' "
                + "else interval '1 day' end")
        try await fixture.rows("update wfm.job set changed_at = now() - interval '1 year'")
        let backlog = try await backlog(costs, fixture)
        #expect(backlog.due == 0 && backlog.oldKeys == ["J2", "J1"] && backlog.old == 1)
    }

    @Test("A value that is loaded without its quantity is there; what else is missing of the parent is marked")
    func rejected() async throws {
        let fixture = try await LoaderFixture()
        try await load(costs, [("J1", cost("a") + cost("b")), ("J2", cost("c"))], in: fixture)
        let tally = try await load(costs, [("J1", cost("b", "many")), ("J2", "")], in: fixture)
        #expect(tally.words == "1 = 1 updated")
        #expect(try await mark(costs, fixture) == 2)
        #expect(try await living(fixture) == ["J1 | b | ∅"])
        #expect(try await fixture.rows("select key, reason from inflow.rejection") == ["J1/b | not_a_number"])
    }

    @Test("Payments have no identifier: their place among those of the invoice is their key")
    func positions() async throws {
        func payments(_ amounts: Int...) -> String {
            amounts.map { "<Payment><Amount>\($0)</Amount></Payment>" }.joined()
        }
        let fixture = try await LoaderFixture()
        let payment = EntityDefinition.invoicePayment
        try await load(payment, [("I1", payments(5, 6, 7)), ("I2", payments(8))], in: fixture)
        let tally = try await load(payment, [("I2", payments(8)), ("I1", payments(5, 7))], in: fixture)
        #expect(tally.words == "3 = 1 updated + 2 unchanged")
        #expect(try await mark(payment, fixture) == 1)
        #expect(
            try await fixture.rows(
                """
                select invoice_number, position, amount from wfm.invoice_payment where deleted_at is null order by 1, 2
                """) == ["I1 | 1 | 5", "I1 | 2 | 7", "I2 | 1 | 8"])
    }

    @Test("An answer asked for earlier neither marks what a later one held nor calls its parent read earlier")
    func older() async throws {
        let fixture = try await LoaderFixture()
        let early = fixture.loader()
        try await early.begin(costs, carries: .everything, chunk: .parents(["J1"]))
        try await load(costs, [("J1", cost("a"))], in: fixture)
        let before = try await fixture.rows("select asked_at from inflow.parent_read")
        var reading = ChunkReceipt()
        reading.parents = [AnsweredParent(key: "J1", isKnown: true)]
        #expect(try await early.merge(reading).tally.words == "0 = 0")
        #expect(try await living(fixture) == ["J1 | a | 1"])
        #expect(try await fixture.rows("select asked_at from inflow.parent_read") == before)
        await early.close()
    }

    // MARK: what is due

    @Test("New and changed records are due, the newest first, and the marked ones are not asked")
    func due() async throws {
        let fixture = try await LoaderFixture()
        try await load(
            jobs: job("J1"), job("J2", modified: "2026-03-01"), job("J3", modified: "2026-02-01"), in: fixture)
        #expect(try await backlog(costs, fixture).dueKeys == ["J2", "J3", "J1"])
        #expect(try await backlog(costs, fixture, limit: 2).dueKeys == ["J2", "J3"])
        try await load(costs, [("J2", ""), ("J3", ""), ("J1", "")], in: fixture)
        #expect(try await backlog(costs, fixture).due == 0)
        try await load(
            jobs: job("J1"), job("J2", modified: "2026-03-01"), job("J3", modified: "2026-04-01"), in: fixture)
        #expect(try await backlog(costs, fixture).dueKeys == ["J3"])
        try await fixture.rows("update wfm.job set deleted_at = now() where number = 'J3'")
        let backlog = try await backlog(costs, fixture)
        #expect((backlog.parents, backlog.due) == (2, 0))
    }

    @Test("Those read longest ago come first, and a failed one comes last until it is read")
    func order() async throws {
        let fixture = try await LoaderFixture()
        try await load(jobs: job("J1"), job("J2"), job("J3"), in: fixture)
        let reads = PerParentStore(fixture.warehouse, fixture.connection, known: allEntities)
        try await reads.noteFailed(costs, ["J1"], run: fixture.run)
        let failing = try await backlog(costs, fixture)
        #expect(failing.dueKeys == ["J2", "J3"] && failing.failedKeys == ["J1"])
        try await load(costs, [("J1", ""), ("J2", ""), ("J3", "")], in: fixture)
        #expect(try await backlog(costs, fixture).oldKeys == [], "they were read a moment ago")
        try await fixture.rows(
            """
            update inflow.parent_read set asked_at = asked_at - interval '1 day' * right(parent_key, 1)::integer * 50
            """)
        // Also their rows have to have changed before that.
        try await fixture.rows("update wfm.job set changed_at = changed_at - interval '1 year'")
        let old = try await backlog(costs, fixture)
        #expect(old.oldKeys == ["J3", "J2", "J1"] && old.old == 2 && old.due == 0)
    }

    @Test("A kind is used where a living definition has its flag; lines are due when their record is")
    func flags() async throws {
        let fixture = try await LoaderFixture()
        let values = try #require(allEntities.first { $0.name == "job_task_custom_field" })
        let tasks = "<Tasks><Task><UUID>t1</UUID></Task><Task><Name>no identifier</Name></Task></Tasks>"
        try await load(jobs: job("J1").replacing("</Job>", with: tasks + "</Job>"), in: fixture)
        #expect(try await !backlog(values, fixture).isUsed)
        let definition = "<CustomFieldDefinition><UUID>d</UUID><UseJobTask>true</UseJobTask></CustomFieldDefinition>"
        let body = "<Response><CustomFieldDefinitions>\(definition)</CustomFieldDefinitions></Response>"
        try await fixture.load(try EntityDefinition.shaped(body, .customField), as: .customField)
        let backlog = try await backlog(values, fixture)
        #expect(backlog.isUsed && backlog.dueKeys == ["t1"])
        try await fixture.rows("update wfm.custom_field set deleted_at = now()")
        #expect(try await !self.backlog(values, fixture).isUsed)
    }

    @Test("What hangs on a number that no record has any more, or on a marked record, is marked once, and counted")
    func orphans() async throws {
        let fixture = try await LoaderFixture()
        try await load(jobs: job("J1"), job("J2"), in: fixture)
        try await load(costs, [("J1", cost("a") + cost("b")), ("J2", cost("c"))], in: fixture)
        try await fixture.rows("update wfm.job set number = 'J9' where number = 'J1'")
        try await fixture.rows("update wfm.job set deleted_at = now() where number = 'J2'")
        let reads = PerParentStore(fixture.warehouse, fixture.connection, known: allEntities)
        #expect(try await reads.markOrphans(costs, run: fixture.run) == 3)
        #expect(try await reads.markOrphans(costs, run: fixture.run) == 0)
        #expect(try await living(fixture) == [])
        #expect(try await fixture.rows("select marked_deleted from inflow.chunk where chunk = 'records gone'") == ["3"])
    }

    @Test("The report has a checkbox that is not ticked as false, of records that were asked")
    func unticked() async throws {
        let fixture = try await LoaderFixture()
        let definition = """
            <CustomFieldDefinition><UUID>d</UUID><Name>Ticked</Name><UseJob>true</UseJob>\
            <ValueElement>Boolean</ValueElement></CustomFieldDefinition>
            """
        let body = "<Response><CustomFieldDefinitions>\(definition)</CustomFieldDefinitions></Response>"
        try await fixture.load(try EntityDefinition.shaped(body, .customField), as: .customField)
        let values = try #require(allEntities.first { $0.name == "job_custom_field" })
        let ticked = "<CustomField><UUID>d</UUID><Name>Ticked</Name><Boolean>true</Boolean></CustomField>"
        try await load(values, [("J1", ticked), ("J2", "")], in: fixture)
        #expect(
            try await fixture.rows(
                """
                select owner_kind, owner_key, name, value, boolean_value, is_sent
                from report.custom_field_value order by owner_key
                """) == ["job | J1 | Ticked | true | t | t", "job | J2 | Ticked | false | f | f"])
    }
}
