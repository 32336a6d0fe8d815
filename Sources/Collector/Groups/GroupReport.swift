internal import Synchronization
internal import System

/// What is known of containers' places, from pass to pass.
final class KnownPlaces: Sendable {
    private let places = Mutex(ContainerPlaces())

    func find(_ groups: [Group], _ reader: GroupCollector) -> [Group] {
        places.withLock { $0.find(groups, at: .now) { reader.search($0) } }
    }
}

extension Report {
    /// Of the groups that there are now.
    init(_ collector: String, of finder: GroupFinder, on machine: Machine, _ places: KnownPlaces) {
        let begin = MonotonicTime.now
        var samples: [Sample] = []
        var problems: [Problem] = []
        do throws(Problem) {
            let groups = try finder()
            guard !groups.isEmpty else {
                self.init(collector: collector, duration: .since(begin), samples: [], problems: [])
                return
            }
            let reader = try GroupCollector(machine)
            var elsewhere: [Group] = []
            func measure(_ groups: some Sequence<Group>) {
                for group in groups {
                    guard let (read, failed) = reader.measure(group) else {
                        if group.container != nil { elsewhere.append(group) }
                        continue
                    }
                    samples += read
                    problems += failed
                }
            }
            measure(groups.prefix(HostMeter.maximumGroups))
            measure(places.find(elsewhere, reader))
            if groups.count > HostMeter.maximumGroups {
                let message = "there are more than \(HostMeter.maximumGroups): the rest is not measured"
                problems.append(Problem(source: collector, message: message))
            }
        } catch {
            problems.append(error)
        }
        self.init(collector: collector, duration: .since(begin), samples: samples, problems: problems)
    }
}
