internal import EventStore
internal import Logging
internal import Projections

extension Service {
    /// Goes by another configuration from here on. What runs already runs on as it was started. Throws when the database
    /// cannot be told; then the old configuration stays.
    public func reload(_ next: Configuration) async throws {
        let before = configuration
        if next.database != before.database || next.host.id != before.host.id {
            logger.warning("another database or host id counts from the next start of the service on")
        }
        if let warning = next.limitWarning, warning != before.limitWarning { logger.warning("\(warning)") }
        let databaseBefore = settings.taskDatabase
        let database = try await TaskDatabase.endpoint(for: next, site) ?? databaseBefore
        _ = try await site.submit(.configureSlots(next.capacities, onlyMissing: false))
        settings.current = next
        settings.taskDatabase = database
        do {
            try await ScheduledTasks(service: self).configure()
        } catch {
            settings.current = before
            settings.taskDatabase = databaseBefore
            throw error
        }
        metrics.measure(next.metrics, logger)
        metrics.collect(next.metrics, logger)
        logger.notice("the configuration is read again: \(next.tasks.count) task types")
    }
}
