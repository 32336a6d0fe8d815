import MySQL
import Testing

/// The error that `body` must fail with.
func failure(
    _ location: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) throws -> MySQLError {
    do {
        try body()
    } catch {
        return try #require(error as? MySQLError, sourceLocation: location)
    }
    throw NoFailure()
}

struct NoFailure: Error, CustomStringConvertible {
    var description: String { "an error was expected, and there was none" }
}
