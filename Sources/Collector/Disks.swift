extension KernelFile {
    /// A sector of this file, whatever the disk's own are.
    private static let sectorBytes = 512.0

    /// The disks, without their partitions and without those that are in memory or in a file.
    static let disks = KernelFile(path: "proc/diskstats") { text, samples throws(Malformed) in
        var whole: [String] = []
        while var line = text.next() {
            let identity = Identity(try line.whole(), try line.whole())
            let name = try line.text()
            let numbers = try line.numbers(atLeast: 11)
            guard !isVirtual(name), !whole.contains(where: { isPartition(name, of: $0) }) else { continue }
            whole.append(name)
            func add(_ metric: Metric, _ value: Double) { samples.add(metric, name, value, identity: identity) }
            add(.diskReads, Double(numbers[0]))
            add(.diskReadBytes, Double(numbers[2]) * sectorBytes)
            add(.diskReadSeconds, Double(numbers[3]) / 1000)
            add(.diskWrites, Double(numbers[4]))
            add(.diskWrittenBytes, Double(numbers[6]) * sectorBytes)
            add(.diskWriteSeconds, Double(numbers[7]) / 1000)
            add(.diskBusySeconds, Double(numbers[9]) / 1000)
            add(.diskWeightedSeconds, Double(numbers[10]) / 1000)
        }
    }

    private static func isVirtual(_ name: String) -> Bool {
        ["loop", "ram", "zram"].contains { name.hasPrefix($0) }
    }

    /// The kernel names a partition by its disk and a number, with a p between when the disk's name ends in a digit.
    private static func isPartition(_ name: String, of disk: String) -> Bool {
        guard name.hasPrefix(disk), var number = Optional(name.utf8.dropFirst(disk.utf8.count)) else { return false }
        if disk.utf8.last.map(isDigit) == true {
            guard number.first == UInt8(ascii: "p") else { return false }
            number = number.dropFirst()
        }
        return !number.isEmpty && number.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
