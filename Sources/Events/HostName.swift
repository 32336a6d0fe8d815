/// A full name in the DNS in its one form: lower case, A-labels, no full stop at the end.
public struct HostName: Hashable, Sendable {
    /// As it stands in the log.
    public let text: String

    /// Nil for any other form.
    public init?(canonical text: String) {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2, text.utf8.count <= 253, labels.allSatisfy(Self.isLabel),
            labels.last?.allSatisfy({ (0x30...0x39).contains($0) }) == false
        else { return nil }
        self.text = text
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        let dash = UInt8(ascii: "-")
        return (1...63).contains(label.count) && label.first != dash && label.last != dash
            && label.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == dash }
    }
}
