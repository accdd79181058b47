/// Leads, clients, suppliers, staff and the catalogues (reference 5.1, 6.1 to 6.9).
extension Renderer {
    private static let leadStates: [StaticString] = ["Current", "Won", "Lost"]

    /// A lead; activities and history only when detailed.
    func lead(_ w: inout XMLWriter, _ index: Int, detailed: Bool) {
        let row = sample.leads[index]
        w.openRow("Lead", edit: edits.edit(.lead, index))
        w.id("UUID", sample.id(.lead, index))
        w.text("Name", row.name)
        w.text("Description", SampleText.descriptions[index % SampleText.descriptions.count])
        w.plain("State", Renderer.leadStates[Int(row.state.rawValue)])
        w.money("EstimatedValue", row.value)
        w.date("Date", row.date)
        if row.closed >= 0 { w.date("DateWonLost", row.closed) } else { w.empty("DateWonLost") }
        w.text("Category", sample.leadCategories[Int(row.category)])
        client(&w, "Client", row.client)
        contact(&w, row.contact)
        staff(&w, "Owner", row.owner)
        w.text("Dropbox", "lead-\(index + 1000)@drop.example.invalid")
        if detailed { trail(&w, row) }
        w.close("Lead")
    }

    private func trail(_ w: inout XMLWriter, _ row: LeadRow) {
        if row.activities.count > 0 {
            w.open("Activities")
            for activity in sample.activities[row.activities.indices] {
                w.open("Activity")
                w.date("Date", activity.day)
                w.text("Subject", SampleText.subjects[Int(activity.subject)])
                w.bool("Completed", activity.isCompleted)
                staff(&w, "Responsible", activity.responsible)
                w.close("Activity")
            }
            w.close("Activities")
        } else {
            w.emptyContainer("Activities")
        }
        w.open("History")
        for item in sample.history[row.history.indices] {
            w.open("Item")
            w.text("Detail", SampleText.historyDetails[Int(item.detail)])
            w.instant("Date", item.day, second: item.second)
            w.text("Staff", sample.staff[Int(item.staff)].name)
            w.text("Type", SampleText.historyTypes[Int(item.type)])
            w.close("Item")
        }
        w.close("History")
    }

    /// A client with its contacts; notes only when detailed.
    func client(_ w: inout XMLWriter, _ index: Int, detailed: Bool) {
        let row = sample.clients[index]
        w.openRow("Client", edit: edits.edit(.client, index))
        w.id("UUID", sample.id(.client, index))
        w.text("Name", row.name)
        if row.isIndividual { person(&w, row.name, index) }
        if index % 3 > 0 { w.text("Email", index % 3 == 1 ? "office\(index)@client.example" : "") }
        address(&w, town: Int(row.town), salt: index)
        w.text("ReferralSource", index % 11 == 0 ? "Trade fair" : "")
        w.text("ExportCode", index % 4 == 0 ? "00\(4000 + index)" : "")
        w.yesNo("IsProspect", row.isProspect)
        w.yesNo("IsArchived", row.isArchived)
        w.yesNo("IsDeleted", row.isDeleted)
        staff(&w, "AccountManager", row.accountManager)
        staff(&w, "JobManager", row.jobManager)
        client(&w, "BillingClient", row.billingClient)
        clientType(&w, row.type)
        contacts(&w, row.contacts)
        if detailed { plainNotes(&w, count: row.notes, salt: index, from: sample.firstDay.number) }
        link(&w, "https://app.example.invalid/clients/", index + 1)
        w.close("Client")
    }

    private func person(_ w: inout XMLWriter, _ name: String, _ index: Int) {
        let parts = name.split(separator: " ", maxSplits: 1).map(String.init)
        w.text("Title", index % 2 == 0 ? "Dr" : "")
        w.text("Gender", index % 4 == 0 ? "Not Specified" : "")
        w.text("FirstName", parts.first ?? "")
        w.text("LastName", parts.last ?? "")
        w.empty("OtherName")
        if index % 2 == 0 { w.date("DateOfBirth", Int32(-(index % 40) * 300 + 4000)) }
    }

    private func clientType(_ w: inout XMLWriter, _ type: Int16) {
        if type == -1 { return }
        if type < 0 { return w.emptyContainer("Type") }
        w.open("Type")
        w.text("Name", SampleText.clientTypes[Int(type)])
        w.money("CostMarkup", Money(cents: Int(type) * 500))
        w.plain("PaymentTerm", type % 2 == 0 ? "DayOfMonth" : "WithinDays")
        w.integer("PaymentDay", type % 2 == 0 ? 20 : 14)
        w.close("Type")
    }

    private func contacts(_ w: inout XMLWriter, _ span: Span) {
        guard span.count > 0 else { return w.emptyContainer("Contacts") }
        w.open("Contacts")
        for link in span.indices { contact(&w, sample.contactLinks[link], position: nil) }
        w.close("Contacts")
    }

    /// A contact of a client, with its position at that client.
    func contact(_ w: inout XMLWriter, _ link: ContactLink, position: Int16?) {
        let index = Int(link.contact)
        w.open("Contact")
        w.id("UUID", sample.id(.contact, index))
        let name = sample.contacts[index].name
        w.text("Name", name)
        w.text("Salutation", index % 3 == 0 ? String(name.prefix { $0 != " " }) : "")
        w.text("Addressee", index % 3 == 0 ? "The Manager" : "")
        personal(&w, salt: index)
        w.text("Position", SampleText.positions[Int(position ?? sample.contacts[index].position)])
        w.yesNo("IsPrimary", link.isPrimary)
        if let isDeleted = link.isDeleted { w.yesNo("IsDeleted", isDeleted) }
        w.close("Contact")
    }

    private func personal(_ w: inout XMLWriter, salt: Int) {
        w.text("Mobile", salt % 3 == 1 ? "021 0\(100_000 + salt * 97 % 800_000)" : "")
        w.text("Email", salt % 4 == 3 ? "" : "person\(salt)@client.example")
        w.text("Phone", salt % 5 == 0 ? "04 \(200 + salt % 700) 0123" : "")
    }

    /// A supplier with its contacts; notes only when detailed.
    func supplier(_ w: inout XMLWriter, _ index: Int, detailed: Bool) {
        let row = sample.suppliers[index]
        w.openRow("Supplier", edit: edits.edit(.supplier, index))
        w.id("UUID", sample.id(.supplier, index))
        w.text("Name", row.name)
        if !row.isBare { address(&w, town: Int(row.town), salt: index &+ 5000) }
        if row.contacts.count > 0 {
            w.open("Contacts")
            for contact in row.contacts.indices { supplierContact(&w, contact) }
            w.close("Contacts")
        } else {
            w.emptyContainer("Contacts")
        }
        if detailed { plainNotes(&w, count: row.notes, salt: index &+ 900, from: sample.firstDay.number) }
        w.close("Supplier")
    }

    func supplierContact(_ w: inout XMLWriter, _ index: Int) {
        let row = sample.supplierContacts[index]
        w.open("Contact")
        w.id("UUID", sample.id(.supplierContact, index))
        w.text("Name", row.name)
        personal(&w, salt: index &+ 3)
        w.text("Position", SampleText.positions[Int(row.position)])
        w.close("Contact")
    }

    /// The clients of a group that are still there.
    func members(of group: Int) -> [Int32] {
        sample.groupMembers[sample.groups[group].members.indices].filter {
            edits.edit(.client, Int($0))?.isDeleted != true
        }
    }

    /// A client group; members only in the single answer.
    func group(_ w: inout XMLWriter, _ index: Int, detailed: Bool) {
        let row = sample.groups[index]
        w.openRow("Group", edit: edits.edit(.group, index))
        w.id("UUID", sample.id(.group, index))
        w.text("Name", row.name)
        if let isTaxable = row.isTaxable { w.yesNo("Taxable", isTaxable) }
        let members = detailed ? members(of: index) : []
        if !members.isEmpty {
            w.open("Clients")
            for member in members { client(&w, "Client", member) }
            w.close("Clients")
        } else if detailed {
            w.emptyContainer("Clients")
        }
        w.close("Group")
    }

    func staffMember(_ w: inout XMLWriter, _ index: Int) {
        let row = sample.staff[index]
        w.openRow("Staff", edit: edits.edit(.staff, index))
        w.id("UUID", sample.id(.staff, index))
        w.text("Name", row.name)
        w.text("Email", row.email)
        w.text("Phone", index % 3 == 0 ? "04 200 0\(100 + index)" : "")
        w.text("Mobile", index % 2 == 0 ? "021 0\(200_000 + index * 31)" : "")
        w.text("Address", index % 5 == 0 ? "\(index + 3) Ridge Road\nPorthaven" : "")
        w.text("PayrollCode", index % 4 == 0 ? "00\(index + 10)" : "")
        link(&w, "https://app.example.invalid/staff/", index + 1)
        w.close("Staff")
    }

    /// A row that has nothing but an identifier and a name.
    func named(_ w: inout XMLWriter, _ element: StaticString, _ kind: RowKind, _ index: Int, _ name: String) {
        w.openRow(element, edit: edits.edit(kind, index))
        w.id("UUID", sample.id(kind, index))
        w.text("Name", name)
        w.close(element)
    }

    func task(_ w: inout XMLWriter, _ index: Int) {
        w.openRow("Task", edit: edits.edit(.task, index))
        w.id("UUID", sample.id(.task, index))
        w.text("Name", sample.tasks[index].name)
        w.text("Description", sample.tasks[index].description)
        w.close("Task")
    }

    /// A cost of the price list.
    func cost(_ w: inout XMLWriter, _ index: Int) {
        let row = sample.costs[index]
        w.openRow("Cost", edit: edits.edit(.cost, index))
        w.id("UUID", sample.id(.cost, index))
        w.text("Description", row.description)
        w.text("Code", row.code)
        stock(&w, "Note", SampleText.lineNotes, index % 7 == 0 ? Int16(index % SampleText.lineNotes.count) : -1)
        w.money("UnitCost", row.unitCost)
        w.money("UnitPrice", row.unitPrice)
        supplier(&w, row.supplier)
        if index % 3 > 0 { w.text("IncomeAccount", index % 3 == 1 ? "0200" : "") }
        if index % 3 > 0 { w.text("CostOfSaleAccount", index % 3 == 1 ? "310" : "") }
        w.close("Cost")
    }
}
