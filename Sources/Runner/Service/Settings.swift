internal import MySQL
internal import Synchronization

/// The configuration that the service goes by: it can be another one at any time, for what begins from then on.
final class Settings: Sendable {
    private let configuration: Mutex<(current: Configuration, reloads: Int)>
    private let database = Mutex<Endpoint?>(nil)

    init(_ configuration: Configuration) {
        self.configuration = Mutex((configuration, 0))
    }

    /// How tasks log in whose type says `database: true`; nil while no type does.
    var taskDatabase: Endpoint? {
        get { database.withLock { $0 } }
        set { database.withLock { $0 = newValue } }
    }

    var current: Configuration {
        get { configuration.withLock { $0.current } }
        set { configuration.withLock { $0 = (newValue, $0.reloads + 1) } }
    }

    /// How often it was set: files that it names may have changed with it.
    var reloads: Int { configuration.withLock { $0.reloads } }
}
