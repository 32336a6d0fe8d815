public import Events

/// What whoever runs the platform has said of the kinds that it tells by itself: which are switched off, who is told instead of
/// those whom a kind is for, and how much it matters.
public struct NoticeRules: Sendable, Equatable {
    /// Of one kind.
    public struct Rule: Sendable, Equatable {
        /// True where nobody is told.
        public var isOff: Bool
        /// Who is told; nil for those whom the kind is for.
        public var audience: StaffAudience?
        /// Nil for what the kind says.
        public var severity: Severity?

        /// As it is where nothing is said.
        public init(isOff: Bool = false, audience: StaffAudience? = nil, severity: Severity? = nil) {
            (self.isOff, self.audience, self.severity) = (isOff, audience, severity)
        }
    }

    /// Those that something is said of.
    public var kinds: [BuiltInKind: Rule]

    /// Nothing is said.
    public init(_ kinds: [BuiltInKind: Rule] = [:]) {
        self.kinds = kinds
    }

    /// Who is told of `kind` where it is about `app`; nil where it is switched off.
    public func audience(of kind: BuiltInKind, about app: String? = nil) -> StaffAudience? {
        let rule = kinds[kind] ?? Rule()
        return rule.isOff ? nil : rule.audience ?? kind.audience(of: app)
    }

    /// How much `kind` matters; `told` is what whoever raises it says.
    public func severity(of kind: BuiltInKind, told: Severity? = nil) -> Severity {
        kinds[kind]?.severity ?? told ?? kind.severity
    }
}
