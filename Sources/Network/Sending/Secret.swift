/// Bytes that nobody is to read: whoever prints, dumps or compares a description of it sees none of them.
public struct Secret: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    let bytes: [UInt8]

    /// Keeps the bytes of a text.
    public init(_ text: String) { bytes = Array(text.utf8) }

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The same for all.
    public var description: String { "(secret)" }

    /// Without anything in it.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
