internal import CSystem
internal import Glibc

/// Starts a thread of our own, with all signals blocked so that they go to the program's other threads. False when the
/// system allows no further one.
///
/// - Parameter givesWay: it runs, and goes to disks, when nobody else wants to.
@discardableResult
public func startThread(
    named name: String, givesWay: Bool = false, _ body: @escaping @Sendable () -> Void
) -> Bool {
    final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, threadStackBytes)
    defer { pthread_attr_destroy(&attributes) }
    let start = Unmanaged.passRetained(
        Start {
            if givesWay { cs_give_way() }
            body()
        })
    let result = pthread_create(
        &thread, &attributes,
        { argument in
            cs_block_all_signals()
            if let argument { Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body() }
            return nil
        }, start.toOpaque())
    if result != 0 { start.release() }
    return result == 0
}

private let threadStackBytes = 256 << 10
