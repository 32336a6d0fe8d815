/// The ring: its nodes along two rows, so that its arrows run to the right above and back to the left below.
struct RingPicture {
    private static let cellWidth = 210.0
    private static let rowHeight = 150.0
    private static let margin = 24.0
    private static let nodeWidth = 150.0
    private static let nodeHeight = 46.0
    private static let besidesHeight = 70.0

    private let graph: DeadlockGraph
    private var places: [Int: SVG.Point] = [:]
    /// What the ring needs.
    let width: Double
    let height: Double

    init(_ graph: DeadlockGraph) {
        self.graph = graph
        let count = graph.ring.count
        // Two that want more of one lock have it between them.
        let isRow = count == 3 && graph.nodes[graph.ring[1]].kind == .lock
        let columns = isRow ? count : (count + 1) / 2
        let rows = isRow ? 1.0 : 2.0
        let above = graph.ring.prefix(columns).contains { graph.besides[$0] != nil } ? Self.besidesHeight : 0
        let below = graph.ring.dropFirst(columns).contains { graph.besides[$0] != nil } ? Self.besidesHeight : 0
        width = 2 * Self.margin + Double(columns) * Self.cellWidth
        height = 2 * Self.margin + (rows - 1) * Self.rowHeight + Self.nodeHeight + 24 + above + below
        for (index, node) in graph.ring.enumerated() {
            let isBelow = index >= columns
            let column = isBelow ? 2 * columns - 1 - index : index
            places[node] = SVG.Point(
                x: Self.margin + (Double(column) + 0.5) * Self.cellWidth,
                y: Self.margin + Self.nodeHeight / 2 + 4 + above + (isBelow ? Self.rowHeight : 0))
        }
        for (party, node) in graph.besides {
            guard let place = places[party] else { continue }
            let isBelow = rows > 1 && place.y > Self.margin + above + Self.rowHeight
            places[node] = SVG.Point(x: place.x, y: place.y + (isBelow ? 1 : -1) * (Self.besidesHeight + 10))
        }
    }

    /// Draws it, its upper left corner at `origin`.
    func draw(on svg: inout SVG, at origin: SVG.Point) {
        for edge in graph.edges { draw(edge, on: &svg, origin) }
        for (number, node) in graph.nodes.enumerated() {
            if let place = places[number] { draw(node, at: place + origin, on: &svg) }
        }
    }

    private func draw(_ node: DeadlockGraph.Node, at place: SVG.Point, on svg: inout SVG) {
        let colour = node.isInRing ? SVG.red : SVG.grey
        let (width, height) = (Self.nodeWidth, Self.nodeHeight)
        let stroke = "stroke=\"\(colour)\" stroke-width=\"1.5\" fill=\"#ffffff\""
        switch node.kind {
        case .party:
            svg.add(
                "<rect x=\"\(px(place.x - width / 2))\" y=\"\(px(place.y - height / 2))\" width=\"\(px(width))\" "
                    + "height=\"\(px(height))\" rx=\"4\" \(stroke)/>", tooltip: "\(node.title) \(node.detail)")
        case .lock:
            svg.add(
                "<ellipse cx=\"\(px(place.x))\" cy=\"\(px(place.y))\" rx=\"\(px(width / 2))\" ry=\"\(px(height / 2))\" "
                    + "\(stroke)/>", tooltip: node.title)
        }
        let up = node.detail.isEmpty ? -4.0 : 3.0
        svg.text(
            shortened(node.title, to: 22), at: SVG.Point(x: place.x, y: place.y - up),
            colour: node.isInRing ? SVG.ink : SVG.grey,
            isBold: node.kind == .party)
        if !node.detail.isEmpty {
            svg.text(
                shortened(node.detail, to: 26), at: SVG.Point(x: place.x, y: place.y + 14), size: 11, colour: SVG.grey)
        }
    }

    /// A line with an arrow from border to border, bent to its left: two between the same nodes stay apart.
    private func draw(_ edge: DeadlockGraph.Edge, on svg: inout SVG, _ origin: SVG.Point) {
        guard let one = places[edge.from], let other = places[edge.to] else { return }
        let (from, to) = (one + origin, other + origin)
        let (dx, dy) = (to.x - from.x, to.y - from.y)
        let length = max(1, (dx * dx + dy * dy).squareRoot())
        let bend = 16.0
        let middle = SVG.Point(
            x: (from.x + to.x) / 2 + dy / length * bend, y: (from.y + to.y) / 2 - dx / length * bend)
        let start = border(of: edge.from, at: from, towards: middle)
        let end = border(of: edge.to, at: to, towards: middle)
        let colour = edge.isInRing ? SVG.red : SVG.grey
        let dash = edge.isHeld ? "" : " stroke-dasharray=\"6 4\""
        svg.add(
            "<path d=\"M\(px(start.x)) \(px(start.y)) Q\(px(middle.x)) \(px(middle.y)) \(px(end.x)) \(px(end.y))\" "
                + "fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\"\(dash) "
                + "marker-end=\"url(#\(edge.isInRing ? "red" : "grey"))\"/>")
        label(edge.label, at: middle, isSteep: abs(dy) > abs(dx), isRight: dy > 0, isAbove: dx > 0, colour, &svg)
    }

    private func label(
        _ text: String, at middle: SVG.Point, isSteep: Bool, isRight: Bool, isAbove: Bool, _ colour: String,
        _ svg: inout SVG
    ) {
        if isSteep {
            // Outside of the ring, which has its right side going down.
            svg.text(
                shortened(text, to: 34), at: SVG.Point(x: middle.x + (isRight ? 2 : -2), y: middle.y + 4),
                anchor: isRight ? "start" : "end", size: 10, colour: colour)
            return
        }
        // The room between two nodes is narrow: a label in two lines.
        let words = text.split(separator: ", ", maxSplits: 1).map(String.init)
        for (index, line) in words.enumerated() {
            let y = middle.y + (isAbove ? Double(index - words.count) * 12 + 4 : Double(index) * 12 + 22)
            svg.text(shortened(line, to: 16), at: SVG.Point(x: middle.x, y: y), size: 10, colour: colour)
        }
    }

    private func border(of node: Int, at center: SVG.Point, towards point: SVG.Point) -> SVG.Point {
        let (dx, dy) = (point.x - center.x, point.y - center.y)
        let (rx, ry) = (Self.nodeWidth / 2, Self.nodeHeight / 2)
        let scale: Double
        switch graph.nodes[node].kind {
        case .lock:
            let (u, v) = (dx / rx, dy / ry)
            scale = 1 / max(0.001, (u * u + v * v).squareRoot())
        case .party: scale = min(rx / max(0.001, abs(dx)), ry / max(0.001, abs(dy)))
        }
        return SVG.Point(x: center.x + dx * min(1, scale), y: center.y + dy * min(1, scale))
    }
}

extension SVG.Point {
    static func + (left: Self, right: Self) -> Self { SVG.Point(x: left.x + right.x, y: left.y + right.y) }
}
