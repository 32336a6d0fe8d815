internal import System

/// Some files that are read together, and what else the kernel says of the same.
struct FileCollector: Sendable {
    let name: String
    let files: [KernelFile]
    /// What is no file.
    var others: @Sendable (Machine, inout Samples) -> Void = { _, _ in }

    static let all = [
        FileCollector(name: "cpu", files: [.stat, .loadAverage]),
        FileCollector(name: "memory", files: [.memory, .paging]),
        FileCollector(name: "pressure", files: ["cpu", "memory", "io", "irq"].map { .pressure($0) }),
        FileCollector(name: "disks", files: [.disks]),
        FileCollector(name: "network", files: [.network]),
        FileCollector(name: "files", files: [.fileHandles]),
        FileCollector(name: "clock", files: [.uptime]) { machine, samples in
            guard let isSynchronised = machine.isClockSynchronised() else { return }
            samples.add(.clockSynchronised, isSynchronised ? 1 : 0)
        },
    ]

    func measure(_ machine: Machine) -> Report {
        let begin = MonotonicTime.now
        var samples: [Sample] = []
        var problems: [Problem] = []
        for file in files {
            do throws(Problem) {
                samples += try machine.samples(of: file) ?? []
            } catch {
                problems.append(error)
            }
        }
        var more = Samples()
        others(machine, &more)
        return Report(collector: name, duration: .since(begin), samples: samples + more.all, problems: problems)
    }
}

extension Report {
    init(late collector: String) {
        self.init(
            collector: collector, duration: nil, samples: [],
            problems: [Problem(source: collector, message: "it did not come to an end in time")])
    }
}
