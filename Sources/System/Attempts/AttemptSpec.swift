/// What the shim is to run: written by the runner, read by the shim, by the same code.
public struct AttemptSpec: Sendable, Equatable {
    /// Program and arguments as bytes; never a shell string.
    public var arguments: [[UInt8]]
    /// The whole environment; its PATH is searched.
    public var environment: Environment
    /// How many variables the shim is given besides, on its standard input; they are in no file.
    public var secretVariables = 0
    /// Working directory.
    public var directory: String
    /// Whom to run as; `nil` keeps the shim's user.
    public var credentials: Credentials?
    /// Between TERM and KILL, where a stop order names no other time, in milliseconds.
    public var graceMilliseconds: UInt64
    /// The main process is stopped after so many milliseconds; `nil`: never.
    public var timeoutMilliseconds: UInt64?
    /// What its processes may use together.
    public var limits = ResourceLimits()
    /// Name of the cgroup to make for the attempt where the host allows it, one path segment; `nil`: none.
    public var cgroup: String?
    /// The log keeps so many bytes of lines; what comes after is counted only.
    public var maximumLogBytes: UInt64

    /// A spec is never larger: the kernel takes at most 6 MiB of arguments and environment (execve(2)).
    public static let maximumBytes = 8 << 20
    /// Grace where nobody says otherwise.
    public static let defaultGraceMilliseconds: UInt64 = 10_000
    /// Log bound where nobody says otherwise.
    public static let defaultLogBytes: UInt64 = 64 << 20

    /// A command with the usual bounds.
    public init(arguments: [[UInt8]], environment: Environment, directory: String = "/") {
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        graceMilliseconds = Self.defaultGraceMilliseconds
        maximumLogBytes = Self.defaultLogBytes
    }

    /// Adds the variables that came on standard input. Throws where they are not as many as they should be.
    public mutating func receiveSecrets() throws(SystemError) {
        let secrets = try SecretVariables.received().entries
        guard secrets.count == secretVariables else {
            throw SystemError(.malformed, "the secret arguments did not reach the shim")
        }
        environment = Environment(entries: environment.entries + secrets)
    }

    /// The bytes of the spec file. Throws `.malformed` for a NUL in an argument or variable, `.tooLarge` beyond the bound.
    public func encoded() throws(SystemError) -> [UInt8] {
        var fields = Fields()
        for argument in arguments { fields.add("argument", argument) }
        for entry in environment.entries { fields.add("variable", entry) }
        if secretVariables > 0 { fields.add("secret-variables", secretVariables) }
        fields.add("directory", directory)
        if let credentials {
            fields.add("user", credentials.userID)
            fields.add("group", credentials.groupID)
            for group in credentials.groups { fields.add("supplementary", group) }
        }
        fields.add("grace", graceMilliseconds)
        fields.add("timeout", timeoutMilliseconds)
        fields.add("memory", limits.memoryBytes)
        fields.add("cpu-percent", limits.cpuPercent)
        fields.add("processes", limits.processes)
        fields.add("cgroup", cgroup)
        fields.add("log-bytes", maximumLogBytes)
        return try fields.encoded(kind: "spec", limit: Self.maximumBytes)
    }

    /// Reads a spec file's bytes. Throws `.malformed` with what is wrong.
    public init(decoding bytes: [UInt8]) throws(SystemError) {
        let fields = try Fields(bytes, kind: "spec")
        arguments = fields.all("argument")
        guard !arguments.isEmpty else { throw SystemError(.malformed, "no program is named") }
        environment = Environment(entries: fields.all("variable"))
        secretVariables = try fields.number("secret-variables") ?? 0
        directory = try fields.required(fields.text("directory"), "directory")
        if let user: UInt32 = try fields.number("user") {
            var groups: [UInt32] = []
            for group in fields.all("supplementary") {
                guard let number = UInt32(String(decoding: group, as: UTF8.self)) else {
                    throw SystemError(.malformed, "a supplementary group is no number")
                }
                groups.append(number)
            }
            credentials = Credentials(
                userID: user, groupID: try fields.required(fields.number("group"), "group"), groups: groups)
        }
        graceMilliseconds = try fields.required(fields.number("grace"), "grace")
        timeoutMilliseconds = try fields.number("timeout")
        limits = ResourceLimits(
            memoryBytes: try fields.number("memory"), cpuPercent: try fields.number("cpu-percent"),
            processes: try fields.number("processes"))
        cgroup = fields.text("cgroup")
        maximumLogBytes = try fields.required(fields.number("log-bytes"), "log-bytes")
    }
}
