import Foundation
import Testing

@testable import Runner

@Suite("interlock.yaml(5)")
struct ManualTests {
    private static let page = PlatformTable.root.appending(path: "man/interlock.yaml.5")

    @Test(
        "names every key",
        arguments: [
            Configuration.keys, ConfigurationReader.taskKeys, ConfigurationReader.reactionKeys,
            ConfigurationReader.mailKeys, ConfigurationReader.resolverKeys,
            ConfigurationReader.notificationKeys, ConfigurationReader.smtpKeys, ConfigurationReader.webhookKeys,
            ConfigurationReader.limitKeys, ConfigurationReader.kindKeys, ConfigurationReader.metricsKeys,
            ConfigurationReader.graphiteKeys, ConfigurationReader.collectorKeys, ConfigurationReader.appPlaceKeys,
        ])
    func complete(keys: [String]) throws {
        let lines = try String(contentsOf: Self.page, encoding: .utf8).split(separator: "\n")
        let named = lines.filter { $0.hasPrefix(".It Ic ") }.flatMap { $0.dropFirst(7).split { " ,".contains($0) } }
        for key in keys { #expect(named.contains(Substring(key)), "\(key)") }
    }
}
