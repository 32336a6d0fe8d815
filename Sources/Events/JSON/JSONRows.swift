/// Arrays whose values stand in a fixed order and are of different kinds: what is stored by the thousand says its fields'
/// names once, in the code.
extension JSONReader {
    /// Reads such an array: `body` asks for the values one after the other, and for all of them.
    public mutating func row<Value>(
        _ body: (inout JSONReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        try expect(UInt8(ascii: "["))
        let value = try body(&self)
        try expect(UInt8(ascii: "]"))
        return value
    }

    /// The next value, a whole number.
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

    /// The next value, an array of equal elements.
    public mutating func arrayCell<Element>(
        _ element: (inout JSONReader) throws(JSONError) -> Element
    ) throws(JSONError) -> [Element] {
        let value = try array(element)
        endCell()
        return value
    }

    private mutating func endCell() {
        if peek == UInt8(ascii: ",") { offset += 1 }
    }
}

extension JSONWriter {
    /// Writes such an array: `body` writes the values.
    public mutating func row(_ body: (inout JSONWriter) -> Void) {
        array(CollectionOfOne(())) { writer, _ in body(&writer) }
    }
}
