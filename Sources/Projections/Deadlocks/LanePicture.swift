import Events

/// A lane for each party: what it asked for and got, when, and from which moment on it was too late. The moments stand at
/// equal distances, as milliseconds and days would not fit one scale.
struct LanePicture {
    private static let labelWidth = 190.0
    private static let laneHeight = 58.0
    private static let axisHeight = 92.0
    private static let margin = 24.0
    private static let narrowest = 56.0
    /// Behind the last moment: its time is written there.
    private static let rightMargin = 84.0

    private let story: DeadlockStory
    private let moments: [DeadlockStory.Moment]
    let width: Double
    var height: Double { Self.axisHeight + Double(story.lanes.count) * Self.laneHeight + 2 * Self.margin }

    init(_ story: DeadlockStory, width: Double) {
        self.story = story
        var moments: [DeadlockStory.Moment] = [
            DeadlockStory.Moment(position: story.inevitable.position, at: story.inevitable.at),
            DeadlockStory.Moment(position: story.deadlock.position, at: story.deadlock.at),
        ]
        for lane in story.lanes { moments += [lane.asked, lane.got, lane.wanted].compactMap { $0 } }
        self.moments = Dictionary(moments.map { ($0.position, $0) }) { first, _ in first }.values
            .sorted { $0.position < $1.position }
        self.width = max(
            width, Self.labelWidth + Self.margin + Self.rightMargin + Double(self.moments.count) * Self.narrowest)
    }

    private func x(_ moment: DeadlockStory.Moment) -> Double {
        let index = moments.firstIndex { $0.position == moment.position } ?? 0
        let step = (width - Self.labelWidth - Self.margin - Self.rightMargin) / Double(max(1, moments.count - 1))
        return Self.labelWidth + Self.margin + Double(index) * step
    }

    func draw(on svg: inout SVG, at origin: SVG.Point) {
        let top = origin.y + Self.axisHeight
        let bottom = top + Double(story.lanes.count) * Self.laneHeight
        for moment in moments { drawAxis(moment, top, bottom, on: &svg) }
        for (index, lane) in story.lanes.enumerated() {
            draw(lane, isRefused: index == 0, y: top + (Double(index) + 0.5) * Self.laneHeight, on: &svg)
        }
    }

    private func drawAxis(
        _ moment: DeadlockStory.Moment, _ top: Double, _ bottom: Double, on svg: inout SVG
    ) {
        let x = x(moment)
        let isRefusal = moment.position == story.deadlock.position
        let isInevitable = moment.position == story.inevitable.position
        let colour = isRefusal || isInevitable ? SVG.red : SVG.grey
        svg.line(
            SVG.Point(x: x, y: top - 8), SVG.Point(x: x, y: bottom + 4), colour: colour,
            width: isRefusal || isInevitable ? 1.5 : 0.5, dash: isInevitable && !isRefusal ? "2 3" : "")
        svg.text(
            "#\(moment.position)  \(moment.at.clock)", at: SVG.Point(x: x + 4, y: top - 12), anchor: "start", size: 10,
            colour: colour, turned: -40)
        let words = isRefusal ? "refused" : "inevitable from here on"
        if isRefusal || isInevitable {
            svg.text(
                words, at: SVG.Point(x: x, y: bottom + 18), anchor: isRefusal ? "end" : "middle", size: 11,
                colour: SVG.red)
        }
    }

    private func draw(_ lane: DeadlockStory.Lane, isRefused: Bool, y: Double, on svg: inout SVG) {
        let holder = lane.party.holder
        svg.text(
            shortened(holder.title, to: 26), at: SVG.Point(x: Self.margin, y: y - 2), anchor: "start", isBold: true)
        svg.text(
            shortened(holder.detail, to: 30), at: SVG.Point(x: Self.margin, y: y + 13), anchor: "start", size: 11,
            colour: SVG.grey)
        let end = x(DeadlockStory.Moment(position: story.deadlock.position, at: story.deadlock.at))
        if let asked = lane.asked, let got = lane.got, asked.position != got.position {
            svg.line(
                SVG.Point(x: x(asked), y: y - 8), SVG.Point(x: x(got), y: y - 8), colour: SVG.grey, width: 2,
                dash: "6 4")
            svg.circle(SVG.Point(x: x(asked), y: y - 8), radius: 4, colour: SVG.grey, isFilled: false)
        }
        if let got = lane.got, let holds = lane.party.holds {
            svg.line(SVG.Point(x: x(got), y: y - 8), SVG.Point(x: end, y: y - 8), colour: SVG.ink, width: 5)
            svg.circle(SVG.Point(x: x(got), y: y - 8), radius: 4, colour: SVG.ink, isFilled: true)
            svg.text(
                "holds \(holds.lock.words)", at: SVG.Point(x: x(got) + 8, y: y - 15), anchor: "start", size: 10)
        }
        // The position from which on it waits for a task is not known.
        guard let wanted = lane.wanted else {
            return svg.text(
                "waits for \(lane.party.wants.words)", at: SVG.Point(x: end - 8, y: y + 14), anchor: "end", size: 10,
                colour: SVG.red)
        }
        let start = x(wanted)
        if start < end {
            svg.line(
                SVG.Point(x: start, y: y + 10), SVG.Point(x: end, y: y + 10), colour: SVG.red, width: 2, dash: "6 4")
        }
        svg.circle(SVG.Point(x: start, y: y + 10), radius: 4, colour: SVG.red, isFilled: isRefused)
        let isLate = start > end - Self.labelWidth
        svg.text(
            "wants \(lane.party.wants.words)", at: SVG.Point(x: start + (isLate ? -8 : 8), y: y + (isLate ? 14 : 23)),
            anchor: isLate ? "end" : "start", size: 10, colour: SVG.red)
    }
}

extension DeadlockStory.Lane {
    /// Where it got what it holds.
    var got: DeadlockStory.Moment? {
        party.holds.map { DeadlockStory.Moment(position: $0.token, at: $0.since) }
    }

    /// Where it asked for what it cannot get; for the end of a task that is known by its time alone.
    var wanted: DeadlockStory.Moment? {
        party.wants.position.map { DeadlockStory.Moment(position: $0, at: party.since) }
    }
}

extension Timestamp {
    /// The time of the day with milliseconds: `22:06:01.152`.
    var clock: String { String(description.dropFirst(11).prefix(12)) }
}
