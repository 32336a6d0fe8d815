public import Events

extension Configuration {
    /// So many apps are reconfigured at once: each task for it takes a slot here. A path of its own, that nobody configures.
    static let reconfigurationSlot = LockPath("/slots/mail/reconfigure") ?? .root

    /// The configured capacities, and that of the reconfigurations.
    public var capacities: [LockPath: Int] {
        mail.map { slots.merging([Self.reconfigurationSlot: $0.parallel]) { configured, _ in configured } } ?? slots
    }
}
