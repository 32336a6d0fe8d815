import Events
import Network
import System

extension ResolverDriver {
    /// What is still wrong once the resolver had some time to take its file up.
    func settledProblem(
        of names: Set<HostName>, _ retired: Set<HostName>, _ server: ListenAddress
    ) async -> ResolverProblem? {
        let deadline = MonotonicTime.now.advanced(by: Self.settling)
        while true {
            let problem = await problem(of: names, retired, server)
            guard problem != nil, MonotonicTime.now < deadline, !Task.isCancelled else { return problem }
            try? await Task.sleep(for: Self.settlingPause)
        }
    }

    /// The first of the names that is not answered as it should be.
    func problem(
        of names: Set<HostName>, _ retired: Set<HostName>, _ server: ListenAddress
    ) async -> ResolverProblem? {
        for name in names.sorted() {
            switch await DNSQuestion(name, .a).ask(server, within: Self.maximumQuestion) {
            case .addresses(let found) where found.map(\.description) == [address]: break
            case let answer: return Self.problem(name, .a, answer)
            }
            switch await DNSQuestion(name, .aaaa).ask(server, within: Self.maximumQuestion) {
            case .noData: break
            case let answer: return Self.problem(name, .aaaa, answer)
            }
        }
        // A resolver that says nothing of a name that is no longer ours does not say that it is here.
        for name in retired.sorted() {
            let answer = await DNSQuestion(name, .a).ask(server, within: Self.maximumQuestion)
            guard case .addresses(let found) = answer, found.map(\.description).contains(address) else { continue }
            return .wrongAnswer(name, "still answers \(address), which is the name's no longer")
        }
        return nil
    }

    private static func problem(_ name: HostName, _ kind: DNSQuestion.Kind, _ answer: DNSAnswer) -> ResolverProblem {
        let type = kind == .a ? "A" : "AAAA"
        return switch answer {
        case .addresses(let found):
            .wrongAnswer(name, "answers \(found.map(\.description).joined(separator: ", ")) (\(type))")
        case .noData: .wrongAnswer(name, "answers that there is no \(type) record")
        case .noSuchName: .wrongAnswer(name, "answers that there is no such name (NXDOMAIN)")
        case .failure(let reason): .wrongAnswer(name, "does not tell (\(type)): \(reason)")
        case .noAnswer(let reason): .noAnswer(reason)
        }
    }
}
