internal import Events

/// Which containers run, as the engine lists them: the ids by the names.
struct RunningContainers: Equatable {
    /// Why a list is not believed.
    struct Refusal: Error {
        let words: String
    }

    private static let idDigits = 64

    /// Whole ids, by the containers' own names.
    private(set) var ids: [String: String] = [:]

    /// Of the JSON that GET /containers/json answers with; all of it or nothing. Throws where it is not as it should be: an id becomes a
    /// part of a path.
    init(_ json: [UInt8]) throws(Refusal) {
        let containers: [(id: String, names: [String])]
        do throws(JSONError) {
            containers = try JSONReader.read(json) { reader throws(JSONError) in
                try reader.array { reader throws(JSONError) in try Self.container(&reader) }
            }
        } catch {
            throw Refusal(words: error.description)
        }
        for container in containers {
            guard container.id.utf8.count == Self.idDigits, container.id.utf8.allSatisfy(Self.isDigit) else {
                throw Refusal(words: "a container has no id of \(Self.idDigits) hexadecimal digits")
            }
            // The others are names by which containers that are linked know it: /other/alias.
            for name in container.names where name.hasPrefix("/") && !name.dropFirst().contains("/") {
                guard ids.updateValue(container.id, forKey: String(name.dropFirst())) == nil else {
                    throw Refusal(words: "two containers have one name")
                }
            }
        }
    }

    private static func container(_ reader: inout JSONReader) throws(JSONError) -> (id: String, names: [String]) {
        var (id, names) = ("", [String]())
        try reader.fields { reader, name throws(JSONError) in
            switch name {
            case "Id": id = try reader.stringValue()
            case "Names":
                names = try reader.array { reader throws(JSONError) in try reader.stringValue() }
            default: return false
            }
            return true
        }
        return (id, names)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
