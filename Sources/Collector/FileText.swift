/// Why nothing of a file is told: one thing in it is not as it should be.
struct Malformed: Error, Equatable {
    enum Fault: Equatable {
        case cutShort, noNumber, tooFewFields, tooManyFields, unknownWord
        case missing(String)
        case twice
    }

    let fault: Fault
    /// 1 is the first; nil when it is about the whole file.
    var line: Int?

    /// For a person.
    var words: String {
        let what =
            switch fault {
            case .cutShort: "it is cut short"
            case .noNumber: "a number is expected"
            case .tooFewFields: "fields are missing"
            case .tooManyFields: "there are more fields than expected"
            case .unknownWord: "another word is expected"
            case .missing(let name): "it does not tell \(name)"
            case .twice: "it tells something twice"
            }
        return line.map { "line \($0): \(what)" } ?? what
    }
}

/// A file of the kernel's, line by line. Each line of it ends with a newline: one that does not was cut.
struct FileText {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 0

    init(_ bytes: [UInt8]) throws(Malformed) {
        guard bytes.last ?? newline == newline else { throw Malformed(fault: .cutShort) }
        self.bytes = bytes
    }

    mutating func next() -> Line? {
        guard position < bytes.count, let end = bytes[position...].firstIndex(of: newline) else { return nil }
        defer { position = end + 1 }
        line += 1
        return Line(bytes[position..<end], number: line)
    }

    /// The next line of a file that must have one.
    mutating func required() throws(Malformed) -> Line {
        guard let line = next() else { throw Malformed(fault: .cutShort) }
        return line
    }
}

/// A line of such a file, field by field; fields are parted by spaces.
struct Line {
    private var rest: ArraySlice<UInt8>
    private let number: Int

    fileprivate init(_ bytes: ArraySlice<UInt8>, number: Int) {
        (rest, self.number) = (bytes, number)
    }

    func malformed(_ fault: Malformed.Fault) -> Malformed { Malformed(fault: fault, line: number) }

    var isAtEnd: Bool { rest.allSatisfy(isBlank) }

    /// The next field; nil at the end.
    mutating func word() -> ArraySlice<UInt8>? {
        skipBlanks()
        guard !rest.isEmpty else { return nil }
        let end = rest.firstIndex(where: isBlank) ?? rest.endIndex
        defer { rest = rest[end...] }
        return rest[..<end]
    }

    mutating func text() throws(Malformed) -> String {
        guard let word = word() else { throw malformed(.tooFewFields) }
        return String(decoding: word, as: UTF8.self)
    }

    /// What stands before this byte, which is taken too.
    mutating func text(before byte: UInt8) throws(Malformed) -> String {
        skipBlanks()
        guard let end = rest.firstIndex(of: byte), end > rest.startIndex else { throw malformed(.tooFewFields) }
        defer { rest = rest[(end + 1)...] }
        return String(decoding: rest[..<end], as: UTF8.self)
    }

    /// Takes these letters, which must be next.
    mutating func expect(_ letters: StaticString) throws(Malformed) {
        skipBlanks()
        let wanted = letters.description.utf8
        guard rest.starts(with: wanted) else { throw malformed(.unknownWord) }
        rest = rest.dropFirst(wanted.count)
    }

    /// A whole number that is a field, or what is left of one.
    mutating func whole() throws(Malformed) -> UInt64 {
        guard let word = word() else { throw malformed(.tooFewFields) }
        return try digits(word)
    }

    /// A number with a point.
    mutating func decimal() throws(Malformed) -> Double {
        guard let word = word() else { throw malformed(.tooFewFields) }
        guard let point = word.firstIndex(of: UInt8(ascii: ".")) else { throw malformed(.noNumber) }
        let fraction = word[(point + 1)...]
        var scale = 1.0
        for _ in fraction { scale *= 10 }
        return (Double(try digits(word[..<point])) * scale + Double(try digits(fraction))) / scale
    }

    /// Whole numbers up to the end of the line.
    mutating func numbers(atLeast least: Int) throws(Malformed) -> [UInt64] {
        var numbers: [UInt64] = []
        numbers.reserveCapacity(least)
        while let word = word() { numbers.append(try digits(word)) }
        guard numbers.count >= least else { throw malformed(.tooFewFields) }
        return numbers
    }

    func end() throws(Malformed) {
        guard isAtEnd else { throw malformed(.tooManyFields) }
    }

    /// The number that a field is.
    func digits(_ word: ArraySlice<UInt8>) throws(Malformed) -> UInt64 {
        guard !word.isEmpty else { throw malformed(.noNumber) }
        var value: UInt64 = 0
        for byte in word {
            let digit = byte &- UInt8(ascii: "0")
            let (tens, beyond) = value.multipliedReportingOverflow(by: 10)
            let (sum, further) = tens.addingReportingOverflow(UInt64(digit))
            guard digit <= 9, !beyond, !further else { throw malformed(.noNumber) }
            value = sum
        }
        return value
    }

    private mutating func skipBlanks() { rest = rest.drop(while: isBlank) }
}

private let newline = UInt8(ascii: "\n")

private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
