import Events

extension DeadlockStory {
    /// What `viewer` may see of it as a graph in the DOT language, for Graphviz: `dot -Tpng`.
    public func dot(for viewer: Viewer) -> Rendition {
        let graph = DeadlockGraph(seen(by: viewer))
        var text = "digraph deadlock {\n"
        text +=
            "  label=\(quoted("refused at position \(deadlock.position), inevitable since \(inevitable.position)"));\n"
        text += "  node [fontname=\"Helvetica\"]; edge [fontname=\"Helvetica\", fontsize=10];\n"
        for (number, node) in graph.nodes.enumerated() {
            let label = node.detail.isEmpty ? node.title : "\(node.title)\n\(node.detail)"
            let shape = node.kind == .party ? "box" : "oval"
            text +=
                "  n\(number) [shape=\(shape), label=\(quoted(label))\(node.isInRing ? "" : ", color=gray, fontcolor=gray40")];\n"
        }
        for edge in graph.edges {
            let style = edge.isHeld ? "solid" : "dashed"
            let colour = edge.isInRing ? "red" : "gray"
            text += "  n\(edge.from) -> n\(edge.to) [style=\(style), color=\(colour), label=\(quoted(edge.label))];\n"
        }
        return Rendition(text + "}\n")
    }

    /// A quoted string of the DOT language: only quotation marks and backslashes are special in one.
    private func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        return "\"\(escaped)\""
    }
}
