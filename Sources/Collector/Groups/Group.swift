/// The cgroups of an app or a task, as the one who measures is told where to look for them. They are looked for anew in each pass.
public struct Group: Sendable, Hashable {
    /// An app or a task.
    public let subject: Subject
    /// Below each hierarchy's mount point, without a slash in front. Where several are there, the first is meant: an old
    /// container and the new one are never added.
    let paths: [String]
    /// Whole paths, one in each hierarchy that it is in.
    let directories: [String]
    /// The id of the container whose it is, where it is one's.
    let container: String?

    /// One that may be at any of these paths below the hierarchies' mount points.
    public init(_ subject: Subject, at paths: [String]) {
        (self.subject, self.paths, directories, container) = (subject, paths, [], nil)
    }

    /// A container's, of Docker's or of who names as it does.
    ///
    /// - Parameter id: the whole one, 64 digits. Another container has another one, also under the same name.
    public init(_ subject: Subject, container id: String) {
        (self.subject, paths, directories, container) = (subject, ContainerPlaces.usual(id), [], id)
    }

    /// One whose directories are known.
    public init(_ subject: Subject, in directories: [String]) {
        (self.subject, paths, self.directories, container) = (subject, [], directories, nil)
    }

    /// The same one at another path.
    func at(_ path: String) -> Group { Group(subject, at: [path]) }

    /// The directories at which to look, the alternatives one after the other.
    func places(_ mounts: CgroupMounts) -> [[String: CgroupMounts.Kind]] {
        if !directories.isEmpty {
            let known = directories.compactMap { directory in mounts.kind(of: directory).map { (directory, $0) } }
            return [Dictionary(known) { first, _ in first }]
        }
        return paths.map { path in
            Dictionary(mounts.all.map { ("\($0.key)/\(path)", $0.value) }) { first, _ in first }
        }
    }
}

/// Says which groups there are to measure. It is asked in each pass, and may block the thread that measures them.
public typealias GroupFinder = @Sendable () throws(Problem) -> [Group]
