import System

/// Debian's collectd with the plugins that measure what we do, which writes to a place where carbon would be.
struct Collectd {
    static let program = "/usr/sbin/collectd"

    /// How it measures the apps.
    enum Kind: String {
        /// Every file that we read, by a plugin in Python, which is how platforms measure containers.
        case sameFiles = "collectd, Python for the same files"
        /// Besides with the plugin `processes`, which looks at each process of the host.
        case processes = "the same with its plugin processes"
        /// Memory and processor time by the plugin `table`, in C: three files of each, as Cloudron's configuration has it.
        case table = "collectd, table for three files of each app"
    }

    let metered: Metered

    init(
        _ stand: Stand, _ field: AppField, _ kind: Kind, interval: Int, name: String, carbon: String
    ) throws {
        let place = "\(stand.directory)/collectd-\(name)"
        try DurableFile.makeDirectory(place)
        let host = [
            "cpu", "load", "memory", "swap", "df", "disk", "interface", "vmem", "contextswitch", "fhcount", "uptime",
        ]
        let plugins = host + (kind == .processes ? ["processes"] : [])
        let parts = carbon.split(separator: ":")
        let text = """
            Hostname "bench"
            FQDNLookup false
            BaseDir "\(place)"
            PIDFile "\(place)/pid"
            PluginDir "/usr/lib/collectd"
            TypesDB "/usr/share/collectd/types.db"
            Interval \(interval)
            \(plugins.map { "LoadPlugin \($0)" }.joined(separator: "\n"))
            LoadPlugin write_graphite
            <Plugin df>
              ReportInodes true
              IgnoreSelected true
              FSType "/^(cgroup.*|tmpfs|devtmpfs|devpts|proc|sysfs|overlay|squashfs)$/"
            </Plugin>
            <Plugin write_graphite>
              <Node "bench">
                Host "\(parts.first ?? "")"
                Port "\(parts.last ?? "")"
                Protocol "tcp"
                StoreRates true
                AlwaysAppendDS false
                EscapeCharacter "_"
              </Node>
            </Plugin>
            \(kind == .table ? Self.tables(field) : Self.python(stand, field))

            """
        try DurableFile.write(Array(text.utf8), to: "\(place)/conf")
        let log = "\(place)/log"
        metered = Metered(
            process: try DetachedProcess.start(
                Launch([Self.program, "-f", "-C", "\(place)/conf"]), output: .file(log), error: .file(log)))
    }

    private static func python(_ stand: Stand, _ field: AppField) -> String {
        guard field.count > 0 else { return "" }
        let places = field.directories(0).map { directory in
            directory.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        }
        return """
            <LoadPlugin python>
            </LoadPlugin>
            <Plugin python>
              ModulePath "\(stand.peers)"
              Import "collectd_cgroups"
              <Module collectd_cgroups>
                \(places.map { "Directory \"\($0)\"" }.joined(separator: "\n    "))
              </Module>
            </Plugin>
            """
    }

    private static func tables(_ field: AppField) -> String {
        let kinds = [
            ("memory.stat", "memory", true), ("memory.max_usage_in_bytes", "memory", false),
            ("memory.peak", "memory", false),
            ("cpuacct.stat", "cpu", true), ("cpu.stat", "cpu", true),
        ]
        let tables = (0..<field.count).flatMap { number in
            let directories = field.directories(number)
            // What v1 has is not looked for in v2.
            let found = kinds.compactMap { file, name, hasNames -> String? in
                guard let directory = directories.first(where: { Directory.contains("\($0)/\(file)") }) else {
                    return nil
                }
                return table("\(directory)/\(file)", "\(AppField.app(number))-\(name)", file, hasNames)
            }
            return found.prefix(3)
        }
        return "LoadPlugin table\n<Plugin table>\n\(tables.joined(separator: "\n"))\n</Plugin>"
    }

    private static func table(_ path: String, _ instance: String, _ file: String, _ hasNames: Bool) -> String {
        """
        <Table "\(path)">
          Instance "\(instance)"
          Separator " \\\\n"
          <Result>
            Type gauge
            \(hasNames ? "InstancesFrom 0" : "InstancePrefix \"\(file)\"")
            ValuesFrom \(hasNames ? 1 : 0)
          </Result>
        </Table>
        """
    }
}
