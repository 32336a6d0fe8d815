import Events

/// The file by which a resolver knows names and their address. For these exact names: an A record and an empty answer for
/// everything else; what is below a name is looked up as if it were not there.
enum ResolverFile {
    /// The time to live in seconds: how long an app may keep an old answer.
    static let seconds = 30
    /// The first line of a file that is ours as a whole.
    static let header = "# Written by interlock: it replaces the whole file, changes are lost."

    /// What `unbound` includes. A transparent zone of the name's own answers what it has, NODATA for other types of that name,
    /// and leaves other names to the world (unbound.conf(5), local-zone).
    static func unbound(_ names: Set<HostName>, _ address: String) -> String {
        let zones = names.sorted().map { name in
            """
                local-zone: "\(name)." transparent
                local-data: "\(name). \(seconds) IN A \(address)"

            """
        }
        return "\(header)\nserver:\n\(zones.joined())"
    }

    /// What `dnsmasq` (2.86 or later) includes. Its host-record alone would let AAAA questions go on to the servers above:
    /// `local` keeps them back, for the name and all below it; `*.` gives what is below back to the servers (dnsmasq(8), server).
    static func dnsmasq(_ names: Set<HostName>, _ address: String) -> String {
        let records = names.sorted().map { name in
            """
            host-record=\(name),\(address),\(seconds)
            local=/\(name)/
            server=/*.\(name)/#

            """
        }
        return "\(header)\n\(records.joined())"
    }

    /// What the file is to hold, given what is there (nil: no file).
    static func content(
        _ resolver: MailSettings.Resolver, _ names: Set<HostName>, _ address: String, replacing old: [UInt8]?
    ) throws(ResolverProblem) -> [UInt8] {
        if resolver.kind == .hosts {
            return try HostsFile(old ?? [], path: resolver.file).naming(names, address)
        }
        // An empty file is nobody's: unbound, say, does not start where a file that it includes is missing.
        guard let old, !old.isEmpty, !old.starts(with: "\(header)\n".utf8) else {
            return Array((resolver.kind == .unbound ? unbound(names, address) : dnsmasq(names, address)).utf8)
        }
        throw .foreignFile(resolver.file)
    }
}
