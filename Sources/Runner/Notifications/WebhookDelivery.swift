internal import EventStore
internal import Events
internal import Network
internal import Projections
internal import System

/// Posts to one webhook, one after the other.
struct WebhookDelivery {
    let service: Service
    let runner: RunnerID
    let settings: NotificationSettings.Webhook

    func send(_ messages: [Message]) async throws {
        let ended = EndedNotifications(service.site.site.endpoint)
        for message in messages {
            try Task.checkCancellation()
            guard let (message, body) = try await body(message, ended) else { continue }
            let failure = await post("msg_\(MailDelivery.digest(message.id))", body)
            try await service.record(failure, of: message, by: runner)
            // What is on its way to somebody who does not answer waits for its turn.
            guard failure == nil else { return }
        }
    }

    /// Nil where it was taken.
    private func post(_ id: String, _ body: [UInt8]) async -> DeliveryFailure? {
        do {
            let (webhook, message) = (try webhook(), try WebhookMessage(id: id, body: body))
            let now = Timestamp(microseconds: Int(WallTime.now.microseconds))
            return await webhook.send(message, at: now, within: WebhookPosts.time).failure
        } catch {
            return DeliveryFailure("\(settings.name): \(error)", isOfServer: true)
        }
    }

    private func webhook() throws -> Webhook {
        let secret = try WebhookSecret(try NotificationSettings.secret(in: settings.secretFile, "its secret"))
        return try Webhook(url: settings.url, secret: secret, trust: settings.authorities)
    }

    /// What those may read for whom it stands, no more of each than who sees the least of it; nil where that is nothing any more.
    private func body(_ message: Message, _ ended: EndedNotifications) async throws -> (Message, [UInt8])? {
        let (staff, over) = (settings.staff, try await ended.of(message))
        return try await service.site.log.inspectDurably { platform, _ -> (Message, [UInt8])? in
            // From those on who see the least.
            let viewers = staff.map(\.viewer).sorted { !$0.isAdministrator && $1.isAdministrator }
            guard let message = message.current(in: platform) else { return nil }
            let told = Told(message, platform, over, for: viewers)
            return told.items.isEmpty ? nil : (message, told.json)
        }
    }
}

extension Staff {
    /// Who may see what they may.
    fileprivate var viewer: Viewer {
        switch self {
        case .owners: Viewer(role: .owner, name: nil, operates: [])
        case .administrators: Viewer(role: .admin, name: nil, operates: [])
        case .usermanagers: Viewer(role: .usermanager, name: nil, operates: [])
        case .mailmanagers: Viewer(role: .mailmanager, name: nil, operates: [])
        case .operators(let app): Viewer(role: .user, name: nil, operates: [app])
        }
    }
}
