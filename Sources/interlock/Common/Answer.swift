import Events
import Projections

/// How a command's answer is printed: a view, so that nothing else can be; as JSON, or as text for a person.
extension Context {
    /// One line of JSON, or the text: the whole answer, or a part of one that can be long.
    func answer(_ view: View, text: () -> String) {
        streams.output(json ? view.text + "\n" : text())
    }

    /// The same, with a text that is made from nothing but the view.
    func answer(_ view: View, text: (View) -> String) {
        streams.output(json ? view.text + "\n" : text(view))
    }

    /// The same of what somebody else wrote, whose bytes pass as they are.
    func answer(_ view: View, bytes: @autoclosure () -> [UInt8]) {
        if json { streams.output(view.text + "\n") } else { streams.output(bytes()) }
    }

    /// Tables as wide as the terminal.
    func text(of table: Table) -> String {
        table.text(width: streams.columns, style: style)
    }

    var style: Style { Style(isTerminal: streams.isTerminal, environment: environment) }

    /// Who looks: an administrator, or the user whom `--as` names.
    func viewer(_ options: ViewOptions, in platform: Platform) throws -> Viewer {
        guard let name = options.viewer else { return .administrator }
        guard let user = platform.users[name] else {
            throw CommandFailure(
                .noSuchThing, code: "no-such-user", "there is no user '\(name)'", hint: "See: interlock user list")
        }
        return Viewer(role: user.role)
    }

    /// Who looks: an administrator. `--as USER` needs the users of a later version; until then every name is refused rather
    /// than shown too much.
    func viewer(_ options: ViewOptions) throws -> Viewer {
        guard let name = options.viewer else { return .administrator }
        throw CommandFailure(.noSuchThing, code: "no-such-user", "there is no user '\(name)'")
    }
}
