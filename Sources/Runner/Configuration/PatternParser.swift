/// A pattern as a tree.
indirect enum PatternTree: Equatable {
    case set(PatternSet)
    case sequence([PatternTree])
    case either([PatternTree])
    /// `most` nil: without end.
    case repeated(PatternTree, least: Int, most: Int?)
}

/// Reads the text of a pattern.
struct PatternParser {
    static let maximumDepth = 50

    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var depth = 0

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    mutating func parse() throws(PatternProblem) -> PatternTree {
        guard scalars.count <= ArgumentPattern.maximumCharacters else {
            throw problem("the pattern is longer than \(ArgumentPattern.maximumCharacters) characters")
        }
        let tree = try either()
        guard index == scalars.count else { throw problem("')' without '('") }
        return tree
    }

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private func problem(_ message: String) -> PatternProblem { PatternProblem(message: message, column: index + 1) }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        index += 1
        return true
    }

    private mutating func either() throws(PatternProblem) -> PatternTree {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .either(branches)
    }

    private mutating func sequence() throws(PatternProblem) -> PatternTree {
        var parts: [PatternTree] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let part = try atom(scalar)
            parts.append(try repetition(of: part))
        }
        return .sequence(parts)
    }

    private mutating func atom(_ scalar: Unicode.Scalar) throws(PatternProblem) -> PatternTree {
        switch scalar {
        case "(": return try group()
        case "[": return .set(try characterClass())
        case "*", "+", "?", "{": throw problem("'\(scalar)' repeats nothing; write \\\(scalar) for the character")
        case "^", "$": throw problem("'\(scalar)' is not needed: a pattern always matches the whole value")
        case "\\": return .set(try escape())
        default:
            index += 1
            return .set(scalar == "." ? PatternSet(ranges: [], isNegated: true) : Self.only(scalar))
        }
    }

    private mutating func group() throws(PatternProblem) -> PatternTree {
        index += 1
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw problem("more than \(Self.maximumDepth) groups in one another") }
        if take("?") {
            guard take(":") else { throw problem("groups are (…) or (?:…)") }
        }
        let tree = try either()
        guard take(")") else { throw problem("')' is missing") }
        return tree
    }

    private mutating func repetition(of tree: PatternTree) throws(PatternProblem) -> PatternTree {
        let bounds: (least: Int, most: Int?)
        switch next {
        case "*": bounds = (0, nil)
        case "+": bounds = (1, nil)
        case "?": bounds = (0, 1)
        case "{":
            index += 1
            bounds = try counted()
        default: return tree
        }
        index += 1
        if let scalar = next, ["*", "+", "?", "{"].contains(scalar) {
            throw problem("'\(scalar)' repeats a repetition; put it in a group")
        }
        return .repeated(tree, least: bounds.least, most: bounds.most)
    }

    /// What stands in `{…}`; ends on the brace.
    private mutating func counted() throws(PatternProblem) -> (least: Int, most: Int?) {
        guard let least = number() else { throw problem("a number is missing in {…}") }
        var most: Int? = least
        if take(",") { most = number() }
        guard next == "}" else { throw problem("write {m}, {m,} or {m,n}") }
        if let most, most < least { throw problem("{\(least),\(most)}: the second number is the smaller one") }
        return (least, most)
    }

    private mutating func number() -> Int? {
        let start = index
        while let scalar = next, ("0"..."9").contains(scalar), index - start < 6 { index += 1 }
        return Int(String(String.UnicodeScalarView(scalars[start..<index])))
    }

    private mutating func characterClass() throws(PatternProblem) -> PatternSet {
        index += 1
        var set = PatternSet(ranges: [], isNegated: take("^"))
        repeat {
            guard let first = next else { throw problem("']' is missing") }
            if first == "\\" {
                let escaped = try escape()
                guard !escaped.isNegated else { throw problem("\\D, \\W and \\S cannot stand in […]") }
                set.ranges += escaped.ranges
                continue
            }
            guard first != "[" else { throw problem("write \\[ for the character '['") }
            index += 1
            guard next == "-", index + 1 < scalars.count, scalars[index + 1] != "]" else {
                set.ranges.append(first.value...first.value)
                continue
            }
            let last = scalars[index + 1]
            guard last != "\\", last != "[", first.value <= last.value else {
                throw problem("'\(first)-\(last)' is no range of characters")
            }
            index += 2
            set.ranges.append(first.value...last.value)
        } while !take("]")
        return set
    }

    private mutating func escape() throws(PatternProblem) -> PatternSet {
        index += 1
        guard let scalar = next else { throw problem("'\\' at the end") }
        index += 1
        switch scalar {
        case "d", "D": return PatternSet(ranges: Self.digits, isNegated: scalar == "D")
        case "w", "W": return PatternSet(ranges: Self.wordCharacters, isNegated: scalar == "W")
        case "s", "S": return PatternSet(ranges: Self.spaces, isNegated: scalar == "S")
        case "n": return Self.only("\n")
        case "t": return Self.only("\t")
        case "a"..."z", "A"..."Z", "0"..."9": throw problem("'\\\(scalar)' is not known")
        default: return Self.only(scalar)
        }
    }

    private static func only(_ scalar: Unicode.Scalar) -> PatternSet {
        PatternSet(ranges: [scalar.value...scalar.value])
    }

    private static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
    private static let wordCharacters: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
    private static let spaces: [ClosedRange<UInt32>] = [0x09...0x0D, 0x20...0x20]
}
