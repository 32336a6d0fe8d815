public import Events

/// What makes the registry equal to a list of apps.
public struct AppPlan: Sendable, Equatable {
    /// Ids of those that are not in the list, sorted.
    public let removed: [String]
    /// Those that are new, by id.
    public let registered: [AppRegistered]
    /// What is different, by id.
    public let changed: [AppChanged]

    /// From `apps` to `wanted`, which names each app once.
    public init(_ wanted: [AppRegistered], in apps: Apps) {
        let sorted = wanted.sorted { $0.app < $1.app }
        let ids = Set(wanted.map(\.app))
        removed = apps.all.map(\.id).filter { !ids.contains($0) }
        registered = sorted.filter { apps[$0.app] == nil }
        changed = sorted.compactMap { new in
            guard let old = apps[new.app] else { return nil }
            let changes = AppChanges(from: old.settings, to: new.settings)
            return changes.isEmpty ? nil : AppChanged(app: new.app, changes: changes)
        }
    }

    /// Throws what would be refused.
    public func check(in platform: Platform) throws {
        var platform = platform
        // The times and positions of a draft that is thrown away make no difference.
        var draft = Draft(after: 0, at: Timestamp(microseconds: 0))
        for app in removed { try platform.emit(.appRemoved(AppRemoved(app: app)), &draft) }
        _ = try platform.decide(.changeApps(registered: registered, changed: changed), into: &draft)
    }
}
