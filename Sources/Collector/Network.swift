extension KernelFile {
    /// The network interfaces, without the loopback and without the ends of what leads into containers.
    static let network = KernelFile(path: "proc/net/dev") { text, samples throws(Malformed) in
        // Two lines of headings, by which is known what the columns are.
        var heading = try text.required()
        try heading.expect("Inter-|")
        var columns = try text.required()
        try columns.expect(
            "face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop")
        while var line = text.next() {
            let name = try line.text(before: UInt8(ascii: ":"))
            // What is no UTF-8 would be one name for several.
            guard name != "lo", !name.hasPrefix("veth"), !name.unicodeScalars.contains("\u{FFFD}") else { continue }
            let numbers = try line.numbers(atLeast: 16)
            samples.add(.networkReceivedBytes, name, Double(numbers[0]))
            samples.add(.networkReceivedPackets, name, Double(numbers[1]))
            samples.add(.networkReceiveErrors, name, Double(numbers[2]))
            samples.add(.networkReceiveDrops, name, Double(numbers[3]))
            samples.add(.networkSentBytes, name, Double(numbers[8]))
            samples.add(.networkSentPackets, name, Double(numbers[9]))
            samples.add(.networkSendErrors, name, Double(numbers[10]))
            samples.add(.networkSendDrops, name, Double(numbers[11]))
        }
    }
}
