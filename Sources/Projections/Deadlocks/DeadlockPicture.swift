extension DeadlockStory {
    /// What `viewer` may see of it as a picture of its own, as SVG: the ring, and below it a lane along time for each party.
    public func svg(for viewer: Viewer) -> Rendition {
        let story = seen(by: viewer)
        let ring = RingPicture(DeadlockGraph(story))
        let lanes = LanePicture(story, width: max(ring.width, Self.narrowest))
        let width = max(ring.width, lanes.width)
        var svg = SVG(width: width, height: Self.titleHeight + ring.height + lanes.height)
        svg.text(
            "A deadlock, refused at position \(deadlock.position) on \(deadlock.at)", at: SVG.Point(x: 24, y: 30),
            anchor: "start", size: 16, isBold: true)
        svg.text(
            "inevitable since position \(inevitable.position)"
                + (story.inevitable.difference.isEmpty ? "" : ": \(shortened(story.inevitable.difference, to: 110))"),
            at: SVG.Point(x: 24, y: 50), anchor: "start", size: 12, colour: SVG.red)
        ring.draw(on: &svg, at: SVG.Point(x: (width - ring.width) / 2, y: Self.titleHeight))
        lanes.draw(on: &svg, at: SVG.Point(x: 0, y: Self.titleHeight + ring.height))
        return Rendition(svg.text)
    }

    private static let titleHeight = 60.0
    private static let narrowest = 820.0
}
