import CYAML

/// Goes through a text with libyaml. Anchors and aliases are refused where they stand, so that nothing can explode.
final class EventReader {
    enum Event {
        case text(String)
        case list
        case mapping
        /// Of a list or a mapping.
        case end
        case documentStart
        case streamEnd
        case other
    }

    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    /// The parser reads from here as long as it lives.
    private let bytes: UnsafeMutableBufferPointer<UInt8>

    init(_ text: String) throws(YAMLError) {
        bytes = .allocate(capacity: text.utf8.count)
        _ = bytes.initialize(from: text.utf8)
        parser.initialize(to: yaml_parser_t())
        guard yaml_parser_initialize(parser) == 1 else {
            throw YAMLError(message: "there is no memory to read YAML", place: Place())
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        bytes.deallocate()
    }

    func next() throws(YAMLError) -> (Event, Place) {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        let place = Place(event.start_mark)
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            try refuse(scalar.anchor, place)
            return (
                .text(String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)),
                place
            )
        case YAML_SEQUENCE_START_EVENT:
            try refuse(event.data.sequence_start.anchor, place)
            return (.list, place)
        case YAML_MAPPING_START_EVENT:
            try refuse(event.data.mapping_start.anchor, place)
            return (.mapping, place)
        case YAML_ALIAS_EVENT:
            try refuse(event.data.alias.anchor, place)
            return (.other, place)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return (.end, place)
        case YAML_DOCUMENT_START_EVENT: return (.documentStart, place)
        case YAML_STREAM_END_EVENT: return (.streamEnd, place)
        default: return (.other, place)
        }
    }

    private func refuse(_ anchor: UnsafeMutablePointer<yaml_char_t>?, _ place: Place) throws(YAMLError) {
        guard anchor != nil else { return }
        throw YAMLError(message: "anchors and aliases are not supported: write the value out", place: place)
    }

    private func failure() -> YAMLError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it cannot be read"
        guard parser.pointee.error != YAML_READER_ERROR else {
            return YAMLError(
                message: "this is no YAML: \(problem)", place: place(ofByte: parser.pointee.problem_offset))
        }
        let context = parser.pointee.context.map { String(cString: $0) + " " } ?? ""
        return YAMLError(message: "this is no YAML: \(context)\(problem)", place: Place(parser.pointee.problem_mark))
    }

    private func place(ofByte offset: Int) -> Place {
        var place = Place()
        for character in String(decoding: bytes.prefix(offset), as: UTF8.self) {
            place =
                character.isNewline ? Place(line: place.line + 1) : Place(line: place.line, column: place.column + 1)
        }
        return place
    }
}

extension Place {
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: mark.line + 1, column: mark.column + 1)
    }
}
