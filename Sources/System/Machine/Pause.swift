internal import Glibc

/// Waiting on a thread of one's own; never on Swift's cooperative pool (there `Task.sleep`).
public enum Pause {
    /// Blocks the calling thread; a signal does not shorten it.
    public static func milliseconds(_ count: Int) {
        var rest = timespec(tv_sec: count / 1000, tv_nsec: count % 1000 * 1_000_000)
        var left = timespec()
        while nanosleep(&rest, &left) != 0, errno == EINTR { rest = left }
    }
}
