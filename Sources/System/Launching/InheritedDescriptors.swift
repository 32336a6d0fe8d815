internal import Glibc

extension Program {
    /// Descriptors above 2 that this program was started with and that it would pass on: open, and not closed on exec. To be
    /// asked before the program opens some of its own that way (this room never does).
    public static var inheritedDescriptors: [Int32] {
        let names = (try? Directory.names(in: "/proc/self/fd")) ?? []
        return names.compactMap { Int32($0) }.filter { number in
            guard number > 2 else { return false }
            let flags = fcntl(number, F_GETFD)
            return flags >= 0 && flags & FD_CLOEXEC == 0
        }
    }
}
