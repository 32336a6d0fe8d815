import Events

/// What may be shown to one viewer and is neither JSON nor a text about it: a picture, or bytes that pass as they are. Made
/// in this room alone, for a viewer.
public struct Rendition: Sendable, Equatable {
    /// As they are written out.
    public let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(_ text: String) {
        bytes = Array(text.utf8)
    }
}
