import Projections

/// How a command's answer is printed: a view, so that nothing else can be; as JSON, or as text for a person.
extension Context {
    /// One line of JSON, or the text: the whole answer, or a part of one that can be long.
    func answer(_ view: View, _ text: some ViewText) {
        streams.answer(view, text, json: json, style: style)
    }

    /// What is neither: a picture, or what somebody else wrote, whose bytes pass as they are.
    func answer(_ rendition: Rendition) {
        streams.output(rendition.bytes)
    }

    var style: Style { Style(isTerminal: streams.isTerminal, environment: environment) }
}

extension Streams {
    /// The same for who has no context.
    func answer(_ view: View, _ text: some ViewText, json: Bool, style: Style) {
        if json { return output(view.text + "\n") }
        guard !view.isWithheld else {
            return error("interlock: there is something, but nothing that this user may see")
        }
        output(text.text(of: view, on: Page(width: columns, style: style)))
    }
}
