/// A file by which the kernel tells something, and how it is read.
struct KernelFile: Sendable {
    /// Turns what stands in it into samples. Throws where it is not as it should be: then it gives none.
    typealias Parser = @Sendable (inout FileText, inout Samples) throws(Malformed) -> Void

    /// Below the machine's root, without a slash in front.
    let path: String
    /// Kernels without it are all right.
    var isOptional = false
    let parse: Parser

    /// The samples of its bytes; all or none.
    func samples(_ bytes: [UInt8]) throws(Malformed) -> [Sample] {
        var text = try FileText(bytes)
        var samples = Samples()
        try parse(&text, &samples)
        guard let distinct = samples.distinct else { throw Malformed(fault: .twice) }
        return distinct
    }
}

/// Parts of a text that is a key and its values on each line. Each of the keys has to be there, once.
struct Keys {
    let metrics: [String: Metric]
    var optional: Set<String> = []
    /// What the values are multiplied with.
    var scale = 1.0
    /// The word behind a value.
    var unit: StaticString?

    func parse(_ text: inout FileText, _ samples: inout Samples) throws(Malformed) {
        var missing = Set(metrics.keys)
        while var line = text.next() {
            guard let key = line.word(), key.count <= Self.longestKey else { continue }
            let name = String(decoding: key, as: UTF8.self)
            guard let metric = metrics[name] else { continue }
            let value = try line.whole()
            if let unit { try line.expect(unit) }
            try line.end()
            guard missing.remove(name) != nil else { throw line.malformed(.twice) }
            samples.add(metric, Double(value) * scale)
        }
        if let name = missing.subtracting(optional).min() { throw Malformed(fault: .missing(name)) }
    }

    /// Those that are wanted are shorter, and short ones cost no memory.
    private static let longestKey = 15
}
