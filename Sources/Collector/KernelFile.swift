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
    func samples(
        _ bytes: [UInt8], of subject: Subject = .host, identity: Identity = .none
    ) throws(Malformed) -> [Sample] {
        var text = try FileText(bytes)
        var samples = Samples(of: subject, identity: identity)
        try parse(&text, &samples)
        guard let distinct = samples.distinct else { throw Malformed(fault: .twice) }
        return distinct
    }
}

/// What stands behind a key in a text that is a key and its value on each line.
struct Key {
    let name: String
    let metric: Metric
    var label = ""
    /// What the value is multiplied with.
    var scale = 1.0
    var isOptional = false

    init(_ name: String, _ metric: Metric, _ label: String = "", scale: Double = 1, isOptional: Bool = false) {
        (self.name, self.metric, self.label) = (name, metric, label)
        (self.scale, self.isOptional) = (scale, isOptional)
    }
}

extension [Key] {
    /// Each key is there once, or not at all where it is optional; other lines are none of ours. `unit` is the word behind a
    /// value.
    func parse(_ text: inout FileText, _ samples: inout Samples, unit: StaticString? = nil) throws(Malformed) {
        var isFound = [Bool](repeating: false, count: count)
        while var line = text.next() {
            guard let word = line.word(), let index = index(of: word) else { continue }
            let value = try line.whole()
            if let unit { try line.expect(unit) }
            try line.end()
            guard !isFound[index] else { throw line.malformed(.twice) }
            isFound[index] = true
            samples.add(self[index].metric, self[index].label, Double(value) * self[index].scale)
        }
        for (key, isFound) in zip(self, isFound) where !isFound && !key.isOptional {
            throw Malformed(fault: .missing(key.name))
        }
    }

    /// Compared in place: a file has dozens of lines, most of which are not wanted.
    private func index(of word: ArraySlice<UInt8>) -> Int? {
        firstIndex { $0.name.utf8.count == word.count && $0.name.utf8.elementsEqual(word) }
    }
}
