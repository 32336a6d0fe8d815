/// The head of an HTTP/1 request as far as it matters for a page that can only be read (RFC 9112, section 3).
enum HTTPRequest: Equatable {
    /// GET or HEAD of a path, its query cut off.
    case read(path: String, isHead: Bool)
    /// Another method.
    case otherMethod
    /// No HTTP/1 request.
    case malformed

    /// The largest head, headers included.
    static let maximumBytes = 8 << 10

    /// Nil as long as the head has not come whole: it ends with an empty line.
    init?(_ bytes: [UInt8]) {
        let (newline, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        let lines = bytes.split(separator: newline, omittingEmptySubsequences: false).map {
            $0.last == carriageReturn ? $0.dropLast() : $0
        }
        // What stands behind the last newline is no line yet.
        guard lines.dropLast().dropFirst().contains(where: \.isEmpty) else { return nil }
        let words = lines[0].split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 3, let text = String(validating: lines[0], as: UTF8.self),
            text.hasSuffix(" HTTP/1.1") || text.hasSuffix(" HTTP/1.0"), words[1].first == UInt8(ascii: "/")
        else {
            self = .malformed
            return
        }
        let path = String(decoding: words[1].prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
        switch String(decoding: words[0], as: UTF8.self) {
        case "GET": self = .read(path: path, isHead: false)
        case "HEAD": self = .read(path: path, isHead: true)
        default: self = .otherMethod
        }
    }
}

/// An answer after which the connection is closed.
struct HTTPResponse: Equatable {
    var status: String
    var type = "text/plain; charset=utf-8"
    var headers: [(name: String, value: String)] = []
    var body = ""
    var isHead = false

    static func == (left: HTTPResponse, right: HTTPResponse) -> Bool { left.bytes == right.bytes }

    init(_ status: String) {
        self.status = status
        body = status + "\n"
    }

    var bytes: [UInt8] {
        let content = Array(body.utf8)
        var lines = ["HTTP/1.1 \(status)", "Content-Type: \(type)", "Content-Length: \(content.count)"]
        lines += headers.map { "\($0.name): \($0.value)" } + ["Connection: close", "", ""]
        return Array(lines.joined(separator: "\r\n").utf8) + (isHead ? [] : content)
    }
}
