/// Markup. What stands in the program is markup; every value that is put into it is text, and is escaped here and nowhere else:
///
///     let line: HTML = "<p>\(title)</p>"
///
/// A text made at run time cannot become markup: literals are `StaticString`s. A value may stand between tags and in an
/// attribute within quotes; in none that is a program (`onclick`, `style`), and in `href` only where its scheme is known.
public struct HTML: Sendable, Equatable, ExpressibleByStringInterpolation {
    /// As it is sent.
    public private(set) var text: String

    /// Markup that stands in the program.
    public init(stringLiteral literal: StaticString) { text = String(describing: literal) }

    /// Markup with values in it.
    public init(stringInterpolation parts: StringInterpolation) { text = parts.text }

    private init(text: String) { self.text = text }

    /// One behind the other.
    public init(_ parts: some Sequence<HTML>) { text = parts.map(\.text).joined() }

    /// A text of several lines, with its line breaks.
    public init(lines text: String) {
        self.text = text.split(omittingEmptySubsequences: false) { $0.isNewline }.map { Self.escaped(String($0)) }
            .joined(separator: "<br>\n")
    }

    /// The characters with a meaning in HTML as references, also those that end an attribute; no control character but tab
    /// and line breaks is left.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(MailText.shown(scalar))
            }
        }
        return escaped
    }

    /// What the compiler makes of a literal with values.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        /// Called by the compiler.
        public init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        /// Markup that stands in the program.
        public mutating func appendLiteral(_ literal: StaticString) { text += String(describing: literal) }

        /// A value: escaped.
        public mutating func appendInterpolation(_ value: some StringProtocol) { text += HTML.escaped(String(value)) }

        /// A number.
        public mutating func appendInterpolation(_ value: some BinaryInteger) { text += HTML.escaped(String(value)) }

        /// Markup: as it is.
        public mutating func appendInterpolation(_ value: HTML) { text += value.text }
    }
}
