internal import Synchronization
internal import System

/// What is known of containers' places, from pass to pass.
final class KnownPlaces: Sendable {
    private let places = Mutex(ContainerPlaces())

    /// And how many of them are nowhere.
    func find(_ groups: [Group], _ reader: GroupCollector) -> (found: [Group], lost: Int) {
        places.withLock { places in
            places.find(groups, at: .now) { reader.search($0) }
        }
    }
}

extension Report {
    /// Of the groups that there are now.
    ///
    /// - Parameter places: where containers are, if some may be.
    init(_ collector: String, of finder: GroupFinder, on machine: Machine, _ places: KnownPlaces?) {
        let begin = MonotonicTime.now
        var samples: [Sample] = []
        var (problems, remarks): ([Problem], [Problem]) = ([], [])
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
            let (found, lost) = places?.find(elsewhere, reader) ?? ([], 0)
            measure(found)
            if lost > 0 {
                let message = "\(lost) containers run, or are listed so, whose cgroups are not to be found"
                remarks.append(Problem(source: "containers", message: message))
            }
            if groups.count > HostMeter.maximumGroups {
                let message = "there are more than \(HostMeter.maximumGroups): the rest is not measured"
                problems.append(Problem(source: collector, message: message))
            }
        } catch {
            problems.append(error)
        }
        self.init(collector: collector, duration: .since(begin), samples: samples, problems: problems, remarks: remarks)
    }
}
