internal import CSystem

/// How this process holds its memory.
public enum OwnMemory {
    /// From now on the C library gives back what was large as soon as it is free, and keeps two heaps for all threads where it has eight
    /// for each core by itself (mallopt(3)): for a process that lives long and works now and then. False where it has no such choice. Call
    /// it before there are threads.
    @discardableResult
    public static func giveBack() -> Bool { cs_return_memory() == 0 }
}
