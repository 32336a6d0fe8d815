/// A drawing that grows: SVG 1.1 in one piece, without anything from outside.
struct SVG {
    /// A place, in pixels from the upper left corner.
    struct Point {
        var x: Double
        var y: Double
    }

    static let red = "#c0262d"
    static let grey = "#8a8f98"
    static let ink = "#1f2328"

    private(set) var width: Double
    private(set) var height: Double
    private var body = ""

    init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    /// The whole document.
    var text: String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="\(px(width))" height="\(px(height))" \
        viewBox="0 0 \(px(width)) \(px(height))" font-family="Helvetica, Arial, sans-serif" font-size="12">
        <defs>
        <marker id="red" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">\
        <path d="M0 0 L8 4 L0 8 z" fill="\(Self.red)"/></marker>
        <marker id="grey" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">\
        <path d="M0 0 L8 4 L0 8 z" fill="\(Self.grey)"/></marker>
        </defs>
        <rect width="100%" height="100%" fill="#ffffff"/>
        \(body)</svg>

        """
    }

    /// Any element; `tooltip` is shown to who points at it.
    mutating func add(_ element: String, tooltip: String? = nil) {
        body += tooltip.map { "<g><title>\(Self.escaped($0))</title>\(element)</g>\n" } ?? element + "\n"
    }

    mutating func text(
        _ text: String, at point: Point, anchor: String = "middle", size: Int = 12, colour: String = ink,
        isBold: Bool = false, turned: Int = 0
    ) {
        let weight = isBold ? " font-weight=\"bold\"" : ""
        let turn = turned == 0 ? "" : " transform=\"rotate(\(turned) \(px(point.x)) \(px(point.y)))\""
        add(
            "<text x=\"\(px(point.x))\" y=\"\(px(point.y))\" text-anchor=\"\(anchor)\" font-size=\"\(size)\" "
                + "fill=\"\(colour)\"\(weight)\(turn)>\(Self.escaped(text))</text>")
    }

    mutating func line(_ from: Point, _ to: Point, colour: String, width: Double, dash: String = "") {
        let dashes = dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\""
        add(
            "<line x1=\"\(px(from.x))\" y1=\"\(px(from.y))\" x2=\"\(px(to.x))\" y2=\"\(px(to.y))\" "
                + "stroke=\"\(colour)\" stroke-width=\"\(px(width))\"\(dashes)/>")
    }

    mutating func circle(_ center: Point, radius: Double, colour: String, isFilled: Bool) {
        add(
            "<circle cx=\"\(px(center.x))\" cy=\"\(px(center.y))\" r=\"\(px(radius))\" stroke=\"\(colour)\" "
                + "stroke-width=\"2\" fill=\"\(isFilled ? colour : "#ffffff")\"/>")
    }

    /// What stands in an element or an attribute. Control characters are not allowed in XML 1.0, not even escaped.
    static func escaped(_ text: String) -> String {
        oneLine(text).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}

/// A number of pixels as SVG has it: whole, or with one digit.
func px(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    let (whole, rest) = (tenths / 10, abs(tenths % 10))
    return (tenths < 0 && whole == 0 ? "-" : "") + (rest == 0 ? "\(whole)" : "\(whole).\(rest)")
}

/// As much of a text as fits so many characters.
func shortened(_ text: String, to count: Int) -> String {
    text.count <= count ? text : text.prefix(count - 1) + "…"
}
