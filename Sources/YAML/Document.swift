extension Node {
    /// Deeper is no document that a person wrote.
    static let maximumDepth = 100

    /// The only document of a UTF-8 text; nil when there is none.
    public static func document(_ text: String) throws(YAMLError) -> Node? {
        let events = try EventReader(text)
        var root: Node?
        while true {
            let (event, place) = try events.next()
            switch event {
            case .streamEnd: return root
            case .documentStart:
                guard root == nil else {
                    throw YAMLError(
                        message: "this is no YAML: expected a single document in the stream but found another document",
                        place: place)
                }
            case .other: break
            default: root = try node(event, place, events, depth: 1)
            }
        }
    }

    private static func node(
        _ event: EventReader.Event, _ place: Place, _ events: EventReader, depth: Int
    ) throws(YAMLError) -> Node {
        guard depth <= maximumDepth else {
            throw YAMLError(message: "this is nested deeper than \(maximumDepth) levels", place: place)
        }
        switch event {
        case .text(let text): return Node(content: .text(text), place: place)
        case .list:
            var elements: [Node] = []
            while let element = try next(events, depth) { elements.append(element) }
            return Node(content: .list(elements), place: place)
        case .mapping:
            var pairs: [(key: Node, value: Node)] = []
            while let key = try next(events, depth), let value = try next(events, depth) { pairs.append((key, value)) }
            try check(pairs.map(\.key))
            return Node(content: .mapping(pairs), place: place)
        case .end, .documentStart, .streamEnd, .other:
            throw YAMLError(message: "this is no YAML: a value is missing", place: place)
        }
    }

    /// Nil at the end of a list or mapping.
    private static func next(_ events: EventReader, _ depth: Int) throws(YAMLError) -> Node? {
        let (event, place) = try events.next()
        if case .end = event { return nil }
        return try node(event, place, events, depth: depth + 1)
    }

    private static func check(_ keys: [Node]) throws(YAMLError) {
        var seen: [String: Place] = [:]
        for key in keys {
            guard let text = key.text else { continue }
            if let first = seen.updateValue(key.place, forKey: text) {
                throw YAMLError(message: "the key '\(text)' is there twice", place: first)
            }
        }
    }
}
