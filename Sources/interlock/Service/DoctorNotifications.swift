import Events
import Projections
import Runner
import System

/// What the doctor says of notifications; nothing is sent.
extension Examination {
    /// The files that the service needs to tell people, where this user may read them.
    mutating func notificationFiles(_ settings: NotificationSettings) {
        let secrets =
            [settings.mail?.passwordFile].compactMap { $0 } + settings.webhooks.map(\.secretFile)
        for path in secrets {
            do throws(SystemError) {
                _ = try NotificationSettings.secret(in: path)
            } catch {
                guard error.errno == 0 || error.code != .permission else {
                    found("notification-files", "this user may not read \(path): the service does")
                    continue
                }
                problem(
                    "notification-files", error.message, hint: "Until it is mended nobody is told by it",
                    error.code == .notFound ? .configuration : .notPermitted)
            }
        }
    }

    /// Who hears of what goes wrong, and what does not arrive.
    mutating func notifications(_ platform: Platform, _ channels: Channels) {
        let failing = platform.failing(by: channels)
        for (line, state) in failing {
            problem(
                "notifications",
                "\(line.words) failed \(counted(state.attempts, "time")): \(oneLine(state.problem ?? ""))",
                hint: "It is tried again by itself. See: interlock notification deliveries", .failed)
        }
        guard failing.isEmpty else { return }
        let people = platform.recipients(of: .staff(StaffAudience(.administrators)))
        let ways = [
            channels.mail ? "mail" : nil, channels.webhooks.isEmpty ? nil : counted(channels.webhooks.count, "webhook"),
        ]
        let names = ["the inbox"] + ways.compactMap { $0 }
        let reached = people.isEmpty ? "nobody yet: interlock user add" : counted(people.count, "administrator")
        found("notifications", "by \(names.joined(separator: ", ")), to \(reached)")
    }
}
