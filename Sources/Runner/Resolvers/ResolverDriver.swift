public import Events
import Network
import System

/// Makes names resolve to the internal address, by the configured resolver: writes its file, has it reloaded, asks it. Each pass
/// looks at how things are and does what is missing, so that one that was interrupted anywhere is made up for by the next.
///
/// For one caller at a time; the file is nobody else's to write.
public actor ResolverDriver {
    /// For one question, its repetitions included.
    static let maximumQuestion = Duration.seconds(2)
    /// How long a resolver may take after its reload until it answers as it should.
    static let settling = Duration.seconds(3)
    static let settlingPause = Duration.milliseconds(50)
    /// A hosts file, or one of ours, has no more.
    static let maximumFileBytes = 1 << 20

    private let resolver: MailSettings.Resolver
    let address: String
    /// Whether the resolver was reloaded since this process began, with the file as it is. One that died between writing and
    /// reloading may have left undone what nobody asks about: a name that is not to be answered any more.
    private var isReloaded = false

    /// A driver for a resolver that gives names this IPv4 address.
    public init(_ resolver: MailSettings.Resolver, address: String) {
        self.resolver = resolver
        self.address = address
    }

    /// Makes it so that `names` resolve to the address and have no other records, and that `retired` ones do not resolve to it.
    /// Nil when they do, as far as somebody can be asked; else what is in the way.
    public func apply(_ names: Set<HostName>, retired: Set<HostName> = []) async -> ResolverProblem? {
        do throws(ResolverProblem) {
            let gone = retired.subtracting(names)
            let isNew = try write(names)
            if isNew {
                isReloaded = false
                RunnerStep.resolverWritten.reached()
            }
            guard let server = resolver.ask else {
                if !isReloaded { try await reload() }
                return nil
            }
            if isReloaded, await problem(of: names, gone, server) == nil { return nil }
            try await reload()
            return await settledProblem(of: names, gone, server)
        } catch {
            return error
        }
    }

    /// True when the file was not so before.
    private func write(_ names: Set<HostName>) throws(ResolverProblem) -> Bool {
        let path = resolver.file
        let old = try file { () throws(SystemError) in
            try DurableFile.read(path, limit: Self.maximumFileBytes)
        }
        let content = try ResolverFile.content(resolver, names, address, replacing: old)
        guard content != old ?? [] || (old == nil && resolver.kind != .hosts) else { return false }
        try file { () throws(SystemError) in
            try DurableFile.replace(path, with: content, modeOfNew: 0o644)
        }
        return true
    }

    private func file<Value>(_ body: () throws(SystemError) -> Value) throws(ResolverProblem) -> Value {
        do throws(SystemError) {
            return try body()
        } catch {
            throw .file("\(error)")
        }
    }

    private func reload() async throws(ResolverProblem) {
        if let problem = await ReloadCommand(words: resolver.reload).problem() { throw .reload(problem) }
        isReloaded = true
    }
}
