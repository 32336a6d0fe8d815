import Events
import Runner
import System

extension AppManifest {
    /// The apps of a file; `-` is standard input.
    static func read(_ file: String) throws -> [AppRegistered] {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try readFile(file == "-" ? "/dev/stdin" : file, limit: maximumBytes)
        } catch {
            guard error.code == .notFound else { throw error }
            throw CommandFailure(.noSuchThing, code: "no-such-file", "there is no file '\(file)'")
        }
        do throws(ConfigurationError) {
            return try apps(in: bytes, file: file)
        } catch {
            throw CommandFailure.usage(error.problems.map(\.description).joined(separator: "; "))
        }
    }
}
