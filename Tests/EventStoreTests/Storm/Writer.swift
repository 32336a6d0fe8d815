import Foundation
import Glibc
import MySQL
import ServerTesting
import System

/// One of the storm's processes, and those who come after it when it is killed.
final class Writer {
    static let lanes = 4

    let number: Int
    private let endpoint: Endpoint
    private let directory: String
    private var life = 0
    private var process: WatchedProcess?

    init(_ number: Int, _ endpoint: Endpoint, in directory: String) {
        self.number = number
        self.endpoint = endpoint
        self.directory = directory
    }

    /// Starts the next process, which first gives the orders that the one before was not answered.
    func start(with orders: [String]) throws {
        life += 1
        let name = "w\(number)-\(life)"
        process = try WatchedProcess(
            [try Self.program, endpoint.url, Scratch.databaseID, name, "\(Self.lanes)"] + orders, directory: directory,
            log: output)
    }

    func signal(_ number: Int32) { process?.signal(number) }

    /// Kills the process, in whatever state it is, and returns what it has said. It must not have ended by itself.
    func kill() throws -> String {
        defer { process = nil }
        if process?.hasEnded(within: 0) == true { throw EndedByItself(writer: number, said: said) }
        process?.signal(SIGKILL)
        process?.waitForEnd()
        return said
    }

    private var output: String { "\(directory)/writer-\(number)-\(life)" }
    private var said: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }

    /// Beside the tests' own bundle.
    private static var program: String {
        get throws {
            URL(fileURLWithPath: try Program.path).deletingLastPathComponent().path + "/storm-writer"
        }
    }
}

/// A writer was to go on until it is killed.
struct EndedByItself: Error, CustomStringConvertible {
    var writer: Int
    var said: String
    var description: String { "writer \(writer) ended by itself; it said last:\n\(said.suffix(2000))" }
}
