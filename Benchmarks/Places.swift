import Synchronization

/// A place for each worker, which only he uses.
final class Places<Content: Sendable>: Sendable {
    private let contents: Mutex<[Content?]>

    init(_ count: Int) { contents = Mutex(Array(repeating: nil, count: count)) }

    subscript(_ index: Int) -> Content? {
        get { contents.withLock { $0[index] } }
        set { contents.withLock { $0[index] = newValue } }
    }
}
