/// What stands between two dots of a name in Graphite.
enum GraphitePart {
    /// The longest one: each becomes the name of a file or directory, which may be 255 bytes with its ending.
    static let maximumBytes = 200

    private static let allowed = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+@:%".unicodeScalars)

    /// As collectd's `EscapeCharacter "_"` has it, and besides without what means something to Graphite's queries or to a file system.
    /// Nil for what is empty or too long: cut, it could be the name of another.
    static func escaped(_ text: some StringProtocol) -> String? {
        guard !text.isEmpty, text.utf8.count <= maximumBytes else { return nil }
        var part = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { part.append(allowed.contains(scalar) ? scalar : "_") }
        return String(part)
    }

    /// Whether nothing of it has to be replaced.
    static func isOne(_ text: Substring) -> Bool { escaped(text) == String(text) }
}
