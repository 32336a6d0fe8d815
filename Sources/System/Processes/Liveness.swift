internal import CSystem
internal import Glibc

/// Whether a recorded process still lives, as far as this program can prove it.
public enum Liveness: Sendable, Equatable {
    /// It lives, or nothing proves the contrary: what cannot be read is alive, and so is a stopped process.
    case alive
    /// It has ended; the evidence is a sentence for the record.
    case dead(evidence: String)
    /// From here nothing can be known; the reason is a sentence.
    case unknown(why: String)
}

extension ProcessIdentity {
    /// Whether this process lives. Never guesses: the design's proofs of death are ESRCH, a pidfd that polls readable, other
    /// start ticks, another boot of this host, and (root, initial pid namespace) an empty foreign namespace.
    ///
    /// - Parameter onThisHost: whether the identity was recorded on this host; of another one nothing is known.
    public func liveness(onThisHost: Bool = true) -> Liveness {
        guard onThisHost else { return .unknown(why: "process \(pid) runs on another host") }
        let here: Vantage
        do throws(SystemError) {
            here = try Vantage.current
        } catch {
            return .unknown(why: error.message)
        }
        return liveness(from: here)
    }

    func liveness(from here: Vantage) -> Liveness {
        if bootID != here.bootID {
            return .dead(
                evidence: "the host was started anew since process \(pid) began (boot \(bootID) was, \(here.bootID) is)"
            )
        }
        if pidNamespace != here.pidNamespace { return foreignLiveness(from: here) }
        let descriptor = cs_pidfd_open(pid)
        let failure = errno
        if descriptor < 0 && failure == ESRCH { return .dead(evidence: "no process has pid \(pid)") }
        defer { if descriptor >= 0 { close(descriptor) } }

        let status = try? ProcessStatus.of(pid: pid)
        if let status, status.startTicks != startTicks {
            return .dead(
                evidence: "pid \(pid) is another process now: it began at tick \(status.startTicks), not \(startTicks)")
        }
        if descriptor >= 0 {
            guard waitUntilReadable([descriptor], milliseconds: 0).isEmpty else {
                return .dead(evidence: "process \(pid) has ended (its pidfd says so)")
            }
            return .alive
        }
        // No pidfd to be had (no descriptors left, an old kernel): what is left to ask.
        if kill(pid, 0) != 0 && errno == ESRCH { return .dead(evidence: "no process has pid \(pid)") }
        if let status, status.state == "Z" || status.state == "X", status.threads <= 1 {
            return .dead(evidence: "process \(pid) has ended and was not yet reaped")
        }
        return .alive
    }

    /// A namespace lives as long as its first process, which no scan can miss; so one scan without a member is a proof. Only
    /// root in the initial namespace sees everybody.
    private func foreignLiveness(from here: Vantage) -> Liveness {
        guard here.pidNamespace == Vantage.initialPidNamespace && geteuid() == 0 else {
            return .unknown(
                why: "process \(pid) belongs to pid namespace \(pidNamespace), this one is \(here.pidNamespace)")
        }
        do throws(SystemError) {
            for name in try namesInDirectory("/proc") {
                guard let other = Int32(name), let namespace = try here.pidNamespace(of: other) else { continue }
                if namespace == pidNamespace { return .alive }
            }
        } catch {
            return .unknown(why: error.message)
        }
        return .dead(evidence: "no process of pid namespace \(pidNamespace) is left")
    }
}
