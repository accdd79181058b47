/// Makes an organisation from a seed, step by step; the order of the steps is part of the result.
struct SampleBuilder {
    var sample: SampleOrganisation
    var random: SeededGenerator
    let scale: Double
    let oddities: Bool
    let worksOneDayIn: Int
    let today: Int

    private init(_ configuration: SandboxConfiguration, seed: UInt64) {
        let today = configuration.today
        let months = configuration.bench?.months ?? configuration.months
        let first = today.startOfMonth(adding: configuration.bench == nil ? -months : 1 - months)
        sample = SampleOrganisation(
            seed: SeededGenerator.mix(seed), today: today, firstDay: first,
            centsOnly: configuration.spelling.decimals == 2)
        random = SeededGenerator(seed: seed)
        scale = min(100, max(0.001, configuration.scale))
        oddities = configuration.oddities
        worksOneDayIn = max(1, configuration.worksOneDayIn)
        self.today = today.number
    }

    /// The organisation of a configuration, for the organisation with the given seed.
    static func organisation(_ configuration: SandboxConfiguration, seed: UInt64) -> SampleOrganisation {
        var builder = SampleBuilder(configuration, seed: seed)
        builder.makePeople(bench: configuration.bench != nil)
        builder.makeCatalogues()
        builder.makeClients()
        if let shape = configuration.bench {
            builder.makeBench(shape)
        } else {
            builder.makeJobs()
            builder.makeTimes()
            builder.makeInvoices()
            builder.makeQuotes()
            builder.makeOrders()
            builder.makeLeads()
            builder.makeOddities()
        }
        return builder.sample
    }

    /// A count multiplied by the scale, at least one.
    func scaled(_ count: Int) -> Int {
        max(1, Int((Double(count) * scale).rounded()))
    }

    /// The tax on an amount: fifteen in a hundred.
    func tax(_ amount: Money) -> Money {
        amount.percent(15, cents: sample.centsOnly)
    }

    /// The first day of the organisation as a number.
    var firstDay: Int { sample.firstDay.number }
}

extension SampleBuilder {
    mutating func makePeople(bench: Bool) {
        let count = bench ? 200 : max(4, scaled(40))
        for index in 0..<count {
            let first = SampleText.first[index % SampleText.first.count]
            let last = SampleText.last[(index * 7 + index / SampleText.first.count) % SampleText.last.count]
            let hasLeft = !bench && index % 6 == 5
            let hired = index % 3 == 0 || bench ? firstDay - 400 : min(today, firstDay + random.below(500))
            let left = hasLeft ? hired + 250 + random.below(500) : Int(Int32.max)
            let mail = first.lowercased().unicodeScalars.filter(\.isASCII).map(String.init).joined()
            sample.staff.append(
                StaffRow(
                    name: "\(first) \(last)" + (index % 17 == 3 ? " " : ""), email: "\(mail).\(index)@firm.example",
                    hired: Int32(hired), left: Int32(left), isListed: left > today || index % 4 == 1,
                    rate: Money(cents: 8500 + random.below(24) * 500)))
        }
    }

    mutating func makeCatalogues() {
        sample.categories = SampleText.categories
        sample.states = SampleText.states
        sample.leadCategories = SampleText.leadCategories
        sample.templates = SampleText.templates
        sample.tasks = SampleText.tasks.enumerated().map { index, name in
            CatalogueTask(name: name, description: index % 3 == 0 ? "Usual scope of “\(name)”." : "")
        }
        for index in 0..<min(30_000, scaled(40)) {
            let name = "\(random.pick(SampleText.clientStems)) \(random.pick(SampleText.supplierKinds))"
            var row = SupplierRow(
                name: name, town: Int16(random.below(SampleText.towns.count)), notes: random.chance(200) ? 1 : 0)
            row.isBare = index % 13 == 7
            let start = sample.supplierContacts.count
            for _ in 0..<random.below(3) { sample.supplierContacts.append(person()) }
            row.contacts = Span(from: start, in: sample.supplierContacts)
            sample.suppliers.append(row)
        }
        for index in 0..<min(30_000, max(20, scaled(120))) {
            let base = SampleText.costs[index % SampleText.costs.count]
            let unit =
                sample.centsOnly
                ? Money(cents: 150 + random.below(40_000)) : Money(units: Int64(15_000 + random.below(4_000_000)))
            sample.costs.append(
                CatalogueCost(
                    description: index < SampleText.costs.count
                        ? base : "\(base) \(index / SampleText.costs.count + 1)",
                    code: index % 4 == 0 ? "" : "0\(1000 + index)", unitCost: unit,
                    unitPrice: unit + unit.percent(20, cents: true),
                    supplier: random.chance(600) ? Int16(random.below(sample.suppliers.count)) : -1))
        }
        sample.customFields = FieldDefinition.stock
    }

    mutating func makeClients() {
        let count = max(10, scaled(400))
        for index in 0..<count {
            let stem = SampleText.clientStems[index % SampleText.clientStems.count]
            let kind = SampleText.clientKinds[(index * 11 + index / 36) % SampleText.clientKinds.count]
            let isPerson = index % 9 == 4
            let round = index / 180
            let name = isPerson ? personName() : "\(stem) \(kind)" + (round > 0 ? " \(round + 1)" : "")
            var row = ClientRow(
                name: name, town: Int16(random.below(SampleText.towns.count)),
                modified: Int32(today - random.below(min(1000, today - firstDay))))
            row.isIndividual = isPerson
            row.isProspect = random.chance(80)
            row.isArchived = oddities && random.chance(50)
            row.isDeleted = oddities && random.chance(15)
            if random.chance(700) { row.accountManager = Int16(random.below(sample.staff.count)) }
            if random.chance(300) { row.jobManager = Int16(random.below(sample.staff.count)) }
            if index > 20, random.chance(40) { row.billingClient = Int32(random.below(20)) }
            row.type =
                random.chance(500) ? Int16(random.below(SampleText.clientTypes.count)) : random.chance(300) ? -2 : -1
            row.notes = random.chance(150) ? 1 + random.below(3) : 0
            if index == 0 { (row.isProspect, row.isArchived, row.isDeleted) = (false, false, false) }
            row.contacts = makeContacts()
            sample.clients.append(row)
        }
        makeGroups()
    }

    private mutating func makeContacts() -> Span {
        let start = sample.contactLinks.count
        let hasPrimary = random.chance(150)
        for position in 0..<random.below(4) {
            var contact = sample.contacts.count
            if position == 0, contact > 10, random.chance(30) {
                contact = random.below(contact)
            } else {
                sample.contacts.append(person())
            }
            sample.contactLinks.append(
                ContactLink(
                    contact: Int32(contact), isPrimary: hasPrimary && position == 0,
                    isDeleted: random.chance(300) ? random.chance(50) : nil))
        }
        return Span(from: start, in: sample.contactLinks)
    }

    private mutating func makeGroups() {
        for index in 0..<scaled(12) {
            let base = SampleText.groups[index % SampleText.groups.count]
            let round = index / SampleText.groups.count
            var row = GroupRow(name: round == 0 ? base : "\(base) \(round + 1)", isTaxable: nil)
            if index % 2 == 0 { row.isTaxable = index % 4 == 0 }
            let start = sample.groupMembers.count
            var seen: Set<Int32> = []
            for _ in 0..<(index % 7 == 6 ? 0 : 3 + random.below(15)) {
                let member = Int32(random.below(sample.clients.count))
                if seen.insert(member).inserted { sample.groupMembers.append(member) }
            }
            row.members = Span(from: start, in: sample.groupMembers)
            sample.groups.append(row)
        }
    }

    private mutating func personName() -> String {
        "\(random.pick(SampleText.first)) \(random.pick(SampleText.last))"
    }

    private mutating func person() -> PersonRow {
        PersonRow(name: personName(), position: Int16(random.below(SampleText.positions.count)))
    }
}

extension FieldDefinition {
    /// The definitions every organisation has, one of each type and use.
    static let stock: [FieldDefinition] = [
        FieldDefinition(
            name: "Region code", type: "Text", valueElement: "Text", options: "", uses: [.client, .supplier]),
        FieldDefinition(
            name: "Credit limit", type: "Decimal", valueElement: "Decimal", options: "", uses: [.client],
            isMandatory: false),
        FieldDefinition(
            name: "Contract signed", type: "Date", valueElement: "Date", options: "", uses: [.job, .lead],
            isMandatory: true),
        FieldDefinition(
            name: "Risk", type: "Dropdown List", valueElement: "Text", options: "Low\r\nMedium\r\nHigh", uses: [.job]),
        FieldDefinition(
            name: "Storeys", type: "Number", valueElement: "Number", options: "", uses: [.job, .lead],
            isMandatory: false),
        FieldDefinition(
            name: "Newsletter", type: "Checkbox", valueElement: "Boolean", options: "", uses: [.contact]),
        FieldDefinition(
            name: "Dietary needs", type: "Multi-line Text", valueElement: "Text", options: "", uses: [.contact]),
        FieldDefinition(
            name: "Shared drive", type: "Value Link", valueElement: "Text", options: "", uses: [.job]),
        FieldDefinition(
            name: "Checked by", type: "Text", valueElement: "Text", options: "", uses: [.jobTask]),
        FieldDefinition(
            name: "Quality gate", type: "Number", valueElement: "Number", options: "", uses: [.jobTask]),
        FieldDefinition(
            name: "Receipt kept", type: "Checkbox", valueElement: "Boolean", options: "", uses: [.jobCost]),
        FieldDefinition(
            name: "Overtime", type: "Checkbox", valueElement: "Boolean", options: "", uses: [.jobTime]),
        FieldDefinition(
            name: "Kilometres", type: "Decimal", valueElement: "Decimal", options: "", uses: [.jobTime]),
        FieldDefinition(
            name: "Valid for tender", type: "Checkbox", valueElement: "Boolean", options: "", uses: [.quote]),
    ]
}
