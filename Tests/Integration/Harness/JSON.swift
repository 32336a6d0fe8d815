import Foundation

/// What a command answered with `--json`. What is not there is `.absent`.
@dynamicMemberLookup
enum JSON: Decodable, Sendable, Equatable {
    case absent
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    init(_ text: String) throws {
        self = try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
    }

    /// One object a line.
    static func lines(_ text: String) throws -> [JSON] {
        try text.split(separator: "\n").map { try JSON(String($0)) }
    }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let integer = try? value.decode(Int.self) {
            self = .integer(integer)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([JSON].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: JSON].self))
        }
    }

    subscript(dynamicMember name: String) -> JSON {
        guard case .object(let fields) = self else { return .absent }
        return fields[name] ?? .absent
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var integer: Int? {
        guard case .integer(let integer) = self else { return nil }
        return integer
    }

    var elements: [JSON] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    init(stringLiteral text: String) { self = .string(text) }
    init(integerLiteral integer: Int) { self = .integer(integer) }
    init(booleanLiteral bool: Bool) { self = .bool(bool) }
}
