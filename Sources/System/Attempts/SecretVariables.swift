internal import CSystem
internal import Glibc

/// Variables of a task's environment that are in no file: the shim finds them on its standard input, which is memory
/// without a name (memfd_create(2)). Each shim that is started for an attempt is given its own.
public enum SecretVariables {
    /// Both sides' bound.
    public static let maximumBytes = AttemptSpec.maximumBytes

    /// An open file of the variables, to be read from its start.
    static func memory(of variables: Environment) throws(SystemError) -> Descriptor {
        let raw = cs_memory_file("interlock-secrets")
        guard raw >= 0 else { throw SystemError(errno: errno, "make a file in memory") }
        let file = Descriptor(owning: raw)
        var fields = Fields()
        for entry in variables.entries { fields.add("variable", entry) }
        try file.write(try fields.encoded(kind: "secrets", limit: maximumBytes))
        guard lseek(file.raw, 0, SEEK_SET) == 0 else { throw SystemError(errno: errno, "rewind a file in memory") }
        return file
    }

    /// The variables on this process's standard input. Throws where they are not there, or not whole.
    public static func received() throws(SystemError) -> Environment {
        let bytes = try readStandardInput(limit: maximumBytes)
        return Environment(entries: try Fields(bytes, kind: "secrets").all("variable"))
    }
}
