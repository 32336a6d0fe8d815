import EventStore
import Events
import Projections
import Runner
import System

/// An `interlock serve` with apps, in a log of its own, that measures them, or does not.
struct MeasuredService {
    let metered: Metered
    let site: Site
    let address: String

    /// Where the page is, and what takes the place of carbon.
    struct Surroundings {
        let host = "127.91.17.5"
        var port = 24_700
        let carbon: String
        var hasGraphite = true

        init(carbon: String) { self.carbon = carbon }

        mutating func next() -> String {
            port += 1
            return "\(host):\(port)"
        }
    }

    init(
        _ stand: Stand, _ field: AppField, interval: Int, isMeasuring: Bool, _ surroundings: inout Surroundings
    ) async throws {
        address = surroundings.next()
        let name = "metrics\(surroundings.port)"
        let opened = try await Site(
            endpoint: try stand.database(name), stateDirectory: "\(stand.directory)/\(name)"
        ).open()
        let apps = (0..<field.count).map { number in
            let app = AppField.app(number)
            return AppRegistered(app: app, settings: AppSettings(domain: "\(app).bench.example"))
        }
        if !apps.isEmpty { _ = try await opened.submit(.changeApps(registered: apps, changed: [])) }
        let file = "\(stand.directory)/\(name).yaml"
        let configuration = """
            metrics:
              interval: \(interval)s
              prometheus: \(address)
              apps: { cgroup: "\(field.path)/{app}" }
              \(surroundings.hasGraphite ? "graphite: \"\(surroundings.carbon)\"" : "")

            """
        try DurableFile.write(Array((isMeasuring ? configuration : "{}\n").utf8), to: file)
        site = opened.site
        metered = Metered(process: try await stand.serve(configuration: file, of: site))
    }
}
