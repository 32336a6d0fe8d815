/// Arrays whose values stand in a fixed order and are of different kinds: what is stored by the thousand says its fields'
/// names once, in the code.
extension JSONReader {
    /// Enters such an array, or one of equal elements. No closure and nothing generic: ten thousand rows are read before a
    /// fresh process asks for its first lock.
    @inlinable
    public mutating func beginRow() throws(JSONError) {
        try expect(UInt8(ascii: "["))
    }

    /// Leaves it: all its values were read.
    @inlinable
    public mutating func endRow() throws(JSONError) {
        try expect(UInt8(ascii: "]"))
        endCell()
    }

    /// Whether an array of equal elements, which was entered, has another one; it is left behind the last.
    @inlinable
    public mutating func hasNext() throws(JSONError) -> Bool {
        guard peek == UInt8(ascii: "]") else { return true }
        try endRow()
        return false
    }

    /// The next value, a whole number.
    @inlinable
    public mutating func intCell() throws(JSONError) -> Int {
        let value = try intValue()
        endCell()
        return value
    }

    /// The next value, a string.
    public mutating func stringCell() throws(JSONError) -> String {
        let value = try stringValue()
        endCell()
        return value
    }

    /// Passes over the next value, a string, and tells where it stands without its quotes. Throws for an escape that is none.
    @inlinable
    public mutating func textCell() throws(JSONError) -> Range<Int> {
        let (range, escaped) = try scanString()
        if escaped { _ = try unescape(range) }
        endCell()
        return range
    }

    /// Passes over the next value, whatever it is, and tells where it stands.
    public mutating func rawCell() throws(JSONError) -> Range<Int> {
        let start = offset
        try skipValue()
        let range = start..<offset
        endCell()
        return range
    }

    @inlinable
    mutating func endCell() {
        if peek == UInt8(ascii: ",") { offset += 1 }
    }
}

extension JSONWriter {
    /// Begins such an array, or one of equal elements: its values follow.
    public mutating func beginRow() { open(UInt8(ascii: "[")) }

    /// Ends it.
    public mutating func endRow() { close(UInt8(ascii: "]")) }
}
