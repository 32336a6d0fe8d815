internal import Digest

extension Reaction {
    /// Sixteen hexadecimal digits for a name of any length: an event's id has a bound.
    static func digest(_ name: String) -> String { String(SHA256.hash(Array(name.utf8)).description.prefix(16)) }
}
