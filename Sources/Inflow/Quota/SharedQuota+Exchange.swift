extension SharedQuota {
    /// What an organisation is allowed, with the lengths of its minute and day; 0 calls is no limit.
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
        /// Calls of the day that background work leaves to others.
        public var reserve: Int

        /// Limits from their parts, lengths in seconds; of a small day at most half is kept as a reserve.
        public init(
            atOnce: Int, perMinute: Int, perDay: Int, minuteSeconds: Int = 60, daySeconds: Int = 86_400,
            reserve: Int = 0
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
        /// How long a process trusts its permits without a visit to the books.
        public var trust: Int64 { lapse * 4 / 5 }
        /// How far ahead places are given.
        public var horizon: Int64 { minute / 10 }
        /// After what time a permit that nobody uses is given back.
        public var idle: Int64 { minute / 20 }
        /// How long to wait for what has no known time.
        public var pause: Int64 { min(1_000_000, max(50_000, minute / 60)) }
        /// The span within which calls of the day are counted together: a quarter of an hour.
        public var grain: Int64 { max(1, day / 96) }
        /// The longest wait that is sat out: two minutes, less where the day is shorter.
        public var patience: Int64 { min(120_000_000, day / 720) }
    }

    /// What a process tells at a visit.
    public struct Report: Sendable, Hashable {
        /// Its number.
        public var holder: String
        /// Machine and process.
        public var who: String
        /// Whether the books do not know it yet.
        public var isNew = true
        /// How long ago the headers of answers arrived, in microseconds.
        public var answered: [Int64] = []
        /// Permits it gives back, by their stamps.
        public var unused: [Int64] = []
        /// Its calls under way.
        public var inFlight = 0
        /// Permits it could use, for what may use all of the day.
        public var wantsRun = 0
        /// Permits it could use for background work.
        public var wantsBackground = 0
        /// What the platform said is left.
        public var left: Left?
        /// The platform's refusal.
        public var refusal: Refusal?
        /// All it could use.
        public var wants: Int { wantsRun + wantsBackground }

        /// What the platform said is left, and how long ago the call was begun that was told so.
        public struct Left: Sendable, Hashable {
            /// What is left.
            public var calls: CallsLeft
            /// Microseconds since the call was begun.
            public var begunAgo: Int64
        }

        /// A refusal that is to be told to all.
        public struct Refusal: Sendable, Hashable {
            /// For how many microseconds from now.
            public var wait: Int64
            /// Whether it is for the day.
            public var isForTheDay: Bool
        }

        /// A report of nothing yet.
        public init(holder: String, who: String) {
            self.holder = holder
            self.who = who
        }
    }

    /// Leave for one call.
    public struct Permit: Sendable, Hashable {
        /// Before when it may not be used, by the books' clock.
        public var stamp: Int64
        /// Whether background work may use it too.
        public var isForAll: Bool
    }

    /// What a process gets at a visit; all times by the books' clock.
    public struct Reply: Sendable, Hashable {
        /// The time of the visit.
        public var now: Int64
        /// Whether the books knew the process; if not, what it had out counts as used.
        public var isKnown = true
        /// Whether they go on knowing it.
        public var isKept = false
        /// Leave for calls.
        public var permits: [Permit] = []
        /// Places in flight it may use, those in use included.
        public var places = 0
        /// When to come again, where there was nothing.
        public var askAgainAt: Int64?
        /// When the day has calls again.
        public var spentUntil: Int64?
        /// When the day has calls for background work again.
        public var reserveUntil: Int64?
        /// Before when the platform wants no call.
        public var refusedUntil: Int64?

        /// A reply of nothing.
        public init(now: Int64, isKnown: Bool = true) {
            self.now = now
            self.isKnown = isKnown
        }
    }
}
