extension SharedQuota {
    /// The limits of an organisation, with the lengths of its minute and day; 0 calls is no limit.
    public struct Limits: Sendable, Hashable {
        /// Calls in flight at once.
        public var atOnce: Int
        /// Calls in any ``minute``.
        public var perMinute: Int
        /// Calls in any ``day``.
        public var perDay: Int
        /// Length of the minute in microseconds.
        public var minute: Int64
        /// Length of the day in microseconds.
        public var day: Int64
        /// Calls of the day that background work leaves to runs.
        public var reserve: Int

        /// Limits from their parts, lengths in seconds; the reserve is at most half of the day.
        public init(
            atOnce: Int, perMinute: Int, perDay: Int,
            minuteSeconds: Int = ConnectionSetting.minuteSeconds.defaultValue,
            daySeconds: Int = ConnectionSetting.daySeconds.defaultValue, reserve: Int = 0
        ) {
            self.atOnce = atOnce
            self.perMinute = perMinute
            self.perDay = perDay
            minute = Int64(minuteSeconds) * 1_000_000
            day = Int64(daySeconds) * 1_000_000
            self.reserve = min(reserve, perDay / 2)
        }

        /// The limits of a connection's settings.
        public init(_ settings: ConnectionSettings) {
            self.init(
                atOnce: settings.callsAtOnce, perMinute: settings.callsPerMinute, perDay: settings.callsPerDay,
                minuteSeconds: settings.minuteSeconds, daySeconds: settings.daySeconds, reserve: settings.quotaReserve)
        }

        /// Whether nothing is limited.
        public var isOff: Bool { atOnce == 0 && perMinute == 0 && perDay == 0 }
        /// How long a process may be silent before it counts as dead: half a minute, and at least 5 s.
        public var lapse: Int64 { max(5_000_000, minute / 2) }
        /// How long a process may use its permits without an exchange.
        public var trust: Int64 { lapse * 4 / 5 }
        /// How far ahead the ledger gives places away.
        public var horizon: Int64 { minute / 10 }
        /// How long a process keeps an unused permit.
        public var idle: Int64 { minute / 20 }
        /// How long to wait for an event of unknown time.
        public var pause: Int64 { min(1_000_000, max(50_000, minute / 60)) }
        /// The span whose calls count together for the day: a quarter of an hour.
        public var grain: Int64 { max(1, day / 96) }
        /// The longest wait that a caller sits out: two minutes, less where the day is shorter.
        public var patience: Int64 { min(120_000_000, day / 720) }
    }

    /// What a process reports in an exchange.
    public struct Report: Sendable, Hashable {
        /// The identifier of the process.
        public var holder: String
        /// The machine and the process, for people to read.
        public var who: String
        /// Whether the ledger does not know the process yet.
        public var isNew = true
        /// How long ago the headers of answers arrived, in microseconds.
        public var answered: [Int64] = []
        /// Permits it returns, by their stamps.
        public var unused: [Int64] = []
        /// Its calls under way.
        public var inFlight = 0
        /// Permits it could use for runs.
        public var wantsRun = 0
        /// Permits it could use for background work.
        public var wantsBackground = 0
        /// The calls left by the headers of an answer.
        public var left: Left?
        /// A refusal of the platform since the last exchange.
        public var refusal: Refusal?
        /// All it could use.
        public var wants: Int { wantsRun + wantsBackground }

        /// The calls left by the headers of an answer, with the age of its call.
        public struct Left: Sendable, Hashable {
            /// The calls left by the headers.
            public var calls: CallsLeft
            /// Microseconds since the call began.
            public var begunAgo: Int64
        }

        /// A refusal that concerns every process.
        public struct Refusal: Sendable, Hashable {
            /// For how many microseconds from now.
            public var wait: Int64
            /// Whether it is for the day.
            public var isForTheDay: Bool
        }

        /// An empty report of a process.
        public init(holder: String, who: String) {
            self.holder = holder
            self.who = who
        }
    }

    /// A permit for one call.
    public struct Permit: Sendable, Hashable {
        /// The time before which its call must not start, by the ledger's clock.
        public var stamp: Int64
        /// Whether background work may use it too.
        public var isForAll: Bool
    }

    /// What the ledger gives in an exchange; all times are of its clock.
    public struct Reply: Sendable, Hashable {
        /// The time of the exchange.
        public var now: Int64
        /// Whether the ledger knew the process; if not, its permits count as used.
        public var isKnown = true
        /// Whether the ledger still knows the process afterwards.
        public var isKept = false
        /// The permits for the process.
        public var permits: [Permit] = []
        /// Places in flight it may use, those in use included.
        public var places = 0
        /// When to exchange again, where the ledger gave no permit.
        public var askAgainAt: Int64?
        /// When the day has calls again.
        public var spentUntil: Int64?
        /// When the day has calls for background work again.
        public var reserveUntil: Int64?
        /// Until when the platform accepts no call.
        public var refusedUntil: Int64?

        /// A reply without permits.
        public init(now: Int64, isKnown: Bool = true) {
            self.now = now
            self.isKnown = isKnown
        }
    }
}
