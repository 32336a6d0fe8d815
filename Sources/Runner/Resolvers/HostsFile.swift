import Events

/// A hosts file (hosts(5)), of which the lines between two marks are ours and all others somebody else's.
struct HostsFile {
    static let begin = "# BEGIN interlock (replaced by the service, changes are lost)"
    static let end = "# END interlock"

    private let path: String
    private let lines: [ArraySlice<UInt8>]
    /// The lines of our part, marks included.
    private let block: Range<Int>?

    init(_ bytes: [UInt8], path: String) throws(ResolverProblem) {
        self.path = path
        lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let begins = lines.indices.filter { [lines] in lines[$0].elementsEqual(Self.begin.utf8) }
        let ends = lines.indices.filter { [lines] in lines[$0].elementsEqual(Self.end.utf8) }
        switch (begins.first, ends.first) {
        case (nil, nil): block = nil
        case (let begin?, let end?) where begins.count == 1 && ends.count == 1 && begin < end: block = begin..<(end + 1)
        default: throw .brokenBlock(path)
        }
    }

    /// The file with these names in our part and no others; without names, without our part. Throws where a line of somebody
    /// else gives one of them another address.
    func naming(_ names: Set<HostName>, _ address: String) throws(ResolverProblem) -> [UInt8] {
        try checkOthers(names, address)
        let ours = names.sorted().map { Array("\(address) \($0)".utf8) }
        let part = ours.isEmpty ? [] : [Array(Self.begin.utf8)] + ours + [Array(Self.end.utf8)]
        var result = lines.map(Array.init)
        if let block {
            result.replaceSubrange(block, with: part)
        } else {
            // The last of the lines is what is behind the last line feed: nothing, in a file that ends as it should.
            let isWhole = result.last?.isEmpty ?? true
            if isWhole, !result.isEmpty { result.removeLast() }
            result += part + (isWhole || !part.isEmpty ? [[]] : [])
        }
        return Array(result.joined(separator: [UInt8(ascii: "\n")]))
    }

    private func checkOthers(_ names: Set<HostName>, _ address: String) throws(ResolverProblem) {
        for (index, line) in lines.enumerated() where block.map({ !$0.contains(index) }) ?? true {
            let text = line.prefix { $0 != UInt8(ascii: "#") }
            let words = text.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
            guard let first = words.first, !first.elementsEqual(address.utf8) else { continue }
            for word in words.dropFirst() {
                guard let name = HostName(canonical: String(decoding: word, as: UTF8.self).lowercased()),
                    names.contains(name)
                else { continue }
                let other = String(
                    decoding: first.map { (0x21...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
                throw .otherLine(path, line: index + 1, name, address: other)
            }
        }
    }
}
