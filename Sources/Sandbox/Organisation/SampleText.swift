/// The stock of words the organisation is made of; all invented.
enum SampleText {
    private static func list(_ text: String) -> [String] {
        text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    }

    static let first = list(
        """
        Ana|Rewi|Mele|Tama|Isla|Hugo|Priya|Wei|Niamh|Zoë|Olav|Marek|Aroha|Leilani|Dmitri|Chloé|Samir|Jürgen|\
        Moana|Kofi|Beth|Callum|Dara|Esme|Finn|Grace|Hemi|Ingrid|Jonas|Kaia|Luca|Mei|Nikau|Oscar|Pania|Quinn|\
        Ruby|Sione|Tess|Una|Vikram|Willa|Xanthe|Yusuf
        """)
    static let last = list(
        """
        Pohatu|Fairweather|O'Shea|Tuimavave|Lindqvist|Nakamura|Okafor|Petrov|Rangihuna|Silva|Thornbury|Ueda|\
        Varga|Whitcombe|Yilmaz|Zeller|Ashdown|Blackwood|Castellane|Dunmore|Everard|Fonoti|Galbraith|Hargreave|\
        Ihaka|Jankovic|Kingsley|Larsen|Māhina|Novak|Ormsby|Parata|Quayle|Ruatapu|Singh|Taufa|Underhill|Vaughan|\
        Wairau
        """)
    static let clientStems = list(
        """
        Harbour|Kea|Tōtara|Ridgeline|Bluestone|Cape|Meridian|Lantern|Southern Cross|Kōwhai|Pioneer|Riverbank|\
        Granite|Silverfern|Northgate|Pōhutukawa|Beacon|Estuary|Highfield|Ironbark|Jetty|Kestrel|Lighthouse|\
        Mariner|Nautilus|Orchard|Paddock|Quarry|Rātā|Saltmarsh|Tideway|Upland|Vineyard|Wharf|Yarrow|Zephyr
        """)
    static let clientKinds = list(
        """
        & Sons|Holdings Ltd|Primary School|District Council|Developments|Trust|Dental Care|Wines|Property Group|\
        Engineering Ltd|Retirement Village|Hotels|Logistics|Foods Ltd|Medical Centre|Community Housing|Marine|\
        Timber Co.|<Interim> JV|Brewing "Co-op"
        """)
    static let towns = list(
        """
        Porthaven|Te Awa|Lindisfarne|Kauri Flat|Ashgrove|Bellweather|Cold Creek|Dunsford|Eastmere|Fernhill|\
        Greywacke|Hollow Bay
        """)
    static let streets = list(
        """
        Quay Street|Ridge Road|Mill Lane|Station Road|Kererū Place|Harbour View|Cable Court|Old Coach Road
        """)
    static let jobObjects = list(
        """
        kiosk|warehouse|clinic|library|classroom block|apartment tower|wharf|winery|office|café|substation|\
        car park|visitor centre|grandstand|laboratory|bridge|seawall|homestead|cold store|workshop
        """)
    static let jobWorks = list(
        """
        fit-out|seismic upgrade|feasibility study|extension|refurbishment|resource consent|survey|\
        concept design|detailed design|façade repair|fire report|as-built drawings|masterplan|cost estimate
        """)
    static let categories = list(
        """
        Fit-out|Structural|Civil|Survey|Feasibility|Maintenance|Heritage & Conservation|Internal
        """)
    static let states = list(
        """
        Planned|In Progress|On Hold|Awaiting Client|Under Review|Ready to Invoice|Completed|Cancelled
        """)
    static let tasks = list(
        """
        Site visit|Brief|Concept design|Developed design|Detailed design|Drafting|Calculations|\
        Consent documents|Council liaison|Client meetings|Tender documents|Tender review|\
        Contract administration|Site observation|Peer review|Survey set-out|Quantity take-off|3D modelling|\
        Project management|Reporting|Health & safety plan|As-built drawings|Travel|Administration|\
        Training & development
        """)
    static let folders = ["01 Concept", "02 Design", "03 Consent", "04 Construction", "05 Close-out"]
    static let costs = list(
        """
        Printing A1|Courier|Mileage (km)|Site hire|Drone survey|Geotechnical report|Council fee|Model making|\
        Subconsultant|Accommodation|Flights|Scaffold hire|Soil test|Traffic management|Photography|Laser scan|\
        Software licence|Safety gear|Meals|Parking
        """)
    static let supplierKinds = list(
        """
        Print Shop|Couriers|Drilling Ltd|Geotech|Scaffolding|Survey Services|Models|Travel|Laboratories|\
        Traffic Control
        """)
    static let positions = list(
        """
        Director|Facilities Manager|Project Manager|Accounts|Principal|Owner|Site Manager||Procurement Lead|\
        Trustee
        """)
    static let clientTypes = ["Corporate", "Public Sector", "Residential", "Charity & Community"]
    static let groups = list(
        """
        Key accounts|Councils|Schools|Healthcare|Developers|Family of R. Kingsley|Wineries & Food|Panel 2025
        """)
    static let leadCategories = ["Hot", "Warm", "Cold", "Referral", "Tender"]
    static let templates = list(
        """
        Standard design job|Survey only|Heritage assessment|Tender response|Internal year
        """)
    static let subjects = list(
        """
        Call back|Send capability statement|Meet on site|Price the concept stage|Follow up the proposal|\
        Check the budget with the client
        """)
    static let historyTypes = ["Lead", "Note", "Activity", "Email"]
    static let historyDetails = list(
        """
        Lead created|Left a message|Sent the proposal|Client asked for a smaller scope|\
        Budget confirmed by the board|Decision expected next month
        """)
    static let milestones = list(
        """
        Concept presented|Consent lodged|Consent granted|Tender closes|Start on site|Practical completion|\
        Defects walk-round
        """)
    static let noteTitles = list(
        """
        Kick-off meeting|Scope change|Phone call|Site access|Programme|Fee agreed||Weather delay
        """)
    static let noteTexts = list(
        """
        Client happy with option B. Proceed.|Access from the lane only; key at reception.|\
        Agreed to move the deadline by two weeks.|Fee capped unless the scope changes.|\
        Council asked for further information on stormwater.\nReply drafted.|\
        Waiting for the geotechnical report.|Drawings 101–108 reissued as revision C.|\
        Rāhui on the foreshore until Friday — no site work.
        """)
    static let commentTexts = list(
        """
        Noted, thanks.|Done — filed under correspondence.|Please confirm with the client first.|\
        See the e-mail of this morning.
        """)
    static let timeNotes = list(
        """
        Drawings|Client call|Set-out and levels|Revised after review|Minutes written|Model updated|\
        Council queries answered|Site diary|Checked calculations|Coordination with services engineer|\
        Tidied the layers|Markups from Ana|Emails & filing|Site photos taken|Report section 3
        """)
    static let lineNotes = list(
        """
        As agreed by e-mail.|Month in arrears.|SandboxState complete.\nSee drawings 101–108.|Fixed fee portion.|\
        At cost plus handling.|Includes travel.
        """)
    static let descriptions = list(
        """
        ||Scope as per proposal.|Three stages:\n\t• concept\n\t• consent\n\t• construction|\
        Existing building, partly heritage listed.|Urgent; see the note on access.
        """)

    /// Texts that break careless readers; the one of 100,000 characters is made by the builder.
    static let nasty = [
        "Fish & chips < 5 > 3 \"quoted\" 'single'",
        "<p>Pasted <b>HTML</b> &nbsp; with <a href=\"x?a=1&b=2\">a link</a></p>",
        "\tTab first\tand\tbetween", "   leading blanks and trailing ones   ",
        "First line\r\nSecond line\nThird line\n\n\tIndented fourth", "Emoji 🏗️👷‍♀️🇳🇿 and 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 beyond the first plane",
        "“Typographic” ‘quotes’ – dashes — bullets • and … dots", "]]> is not the end of anything",
        "-- ; drop table job; --",
        "\\N \\. \\t backslashes and a lone \\",
        "Ｗｉｄｅ ｌｅｔｔｅｒｓ, e\u{301} combining, \u{202E}turned\u{202C}, zero\u{200B}width",
        "null", "&amp;amp; twice escaped &lt;", "0012345", "=1+1",
    ]
}
