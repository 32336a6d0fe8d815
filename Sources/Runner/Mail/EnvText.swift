/// The text of a file of variables, `NAME=value` a line, as docker's `--env-file` and systemd's `EnvironmentFile` read it: values
/// without quotes. Lines that are not ours stay as they are.
struct EnvText: Equatable {
    /// Without their line feeds.
    private var lines: [Substring]

    init(_ bytes: [UInt8]) {
        lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
    }

    /// The value of the first line of that name.
    subscript(name: String) -> String? {
        lines.first { Self.name(of: $0) == name }.map { String($0.dropFirst(name.count + 1)) }
    }

    /// The names whose value is this one.
    func names(of value: String) -> [String] {
        lines.compactMap { line in
            Self.name(of: line).flatMap { line.dropFirst($0.count + 1) == value ? $0 : nil }
        }
    }

    /// Sets `values` and takes out the others of `names`; each name stands once, where it stood, or at the end.
    func with(_ values: [String: String], of names: [String]) -> EnvText {
        var open = Set(names)
        var text = self
        text.lines = lines.compactMap { line in
            guard let name = Self.name(of: line), names.contains(name) else { return line }
            guard open.remove(name) != nil, let value = values[name] else { return nil }
            return "\(name)=\(value)"
        }
        for name in names where open.contains(name) {
            if let value = values[name] { text.lines.append("\(name)=\(value)") }
        }
        return text
    }

    /// Each line ended.
    var bytes: [UInt8] { Array(lines.map { $0 + "\n" }.joined().utf8) }

    private static func name(of line: Substring) -> String? {
        line.firstIndex(of: "=").map { String(line[..<$0]) }
    }
}
