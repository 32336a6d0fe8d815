import Foundation

/// The walls of the house: who may import whom, and what is done in which room only.
enum Walls {
    /// What each room may import. The compiler accepts imports of transitive targets that no manifest names; this does not.
    static let imports: [String: Set<String>] = [
        "MySQL": ["CMySQL", "Glibc", "Synchronization"],
        "LZ4": ["CLZ4", "Glibc"],
        "Digest": ["CCrypto", "Glibc"],
        "Cipher": ["CCrypto"],
        "YAML": ["CYAML"],
        "System": ["CSystem", "Glibc", "Synchronization"],
        "Certificates": ["CCrypto", "Digest", "Events"],
        "Network": ["CNetwork", "Certificates", "Digest", "System", "Events", "Glibc"],
        "Events": ["Digest", "Synchronization"],
        "Projections": ["Events"],
        "Collector": ["LZ4", "System", "Events", "Synchronization"],
        "EventStore": ["MySQL", "LZ4", "Digest", "System", "Events", "Synchronization"],
        "Runner": [
            "EventStore", "Projections", "Collector", "MySQL", "LZ4", "System", "Digest", "Cipher", "Certificates",
            "Network", "Events", "Synchronization", "Logging",
        ],
        "interlock": [
            "Runner", "EventStore", "Projections", "Network", "MySQL", "System", "Events", "Synchronization",
            "ArgumentParser", "Logging",
        ],
        "interlock-shim": ["System", "LZ4", "Synchronization"],
    ]
    /// What a part of a room may import besides.
    static let partImports: [String: Set<String>] = [
        "Sources/Runner/Configuration/": ["YAML"],
        // Standard output at once and quietly: the one call that System does not offer yet.
        "Sources/interlock/Common/Streams.swift": ["Glibc"],
    ]
    /// The rooms that touch C and the kernel.
    static let unsafeRooms = [
        "Sources/MySQL/", "Sources/LZ4/", "Sources/System/", "Sources/Digest/", "Sources/Cipher/", "Sources/YAML/",
        "Sources/Certificates/", "Sources/Network/",
    ]
    /// The rooms that may read a clock other than the log's.
    static let clockRooms = [
        "Sources/System/", "Sources/Network/", "Sources/Collector/", "Sources/Runner/", "Sources/interlock/",
        "Sources/interlock-shim/",
    ]
    static let outputFiles = ["Sources/interlock/Common/Streams.swift"]

    static let rules: [Rule] = [
        importRule,
        // An actor's executor is unowned by the language's own design: that one witness is let through.
        .banned(
            "no unsafe code outside the rooms of C", #"\bUnsafe\w+|\bunsafe\b(?! thread\.asUnownedSerialExecutor)"#,
            because: "belongs in the rooms of C"
        ) {
            isSource($0) && !$0.isIn(unsafeRooms + outputFiles)
        },
        .banned(
            "headers for Swift define nothing of Glibc's", #"#\s*include\s*[<"](?!std(def|int)\.h>).*"#,
            because: "Swift may take its structures as that module's: include it in the .c file"
        ) { $0.path.hasPrefix("Sources/C") && $0.path.contains("/include/") },
        .banned(
            "no crash that input can cause", #"\btry!|\bas!|\bfatalError\(|\bpreconditionFailure\("#,
            because: "throw an error that says what to do"
        ) { isSource($0) && !$0.isIn(unsafeRooms) },
        .banned(
            "no force unwrap", #"[\w)\]>]!(?=$|[\s.,;:)\]\[}(?])(?!=)"#,
            because: "use guard let, or say what is missing"
        ) {
            isSource($0) && !$0.isIn(unsafeRooms)
        },
        .banned("printing goes through one file", #"(?<![\w.])print\("#, because: "write through Streams") {
            isSource($0) && !$0.isIn(outputFiles)
        },
        .banned(
            "only views make a View", #"\bView(\.init)?\("#, because: "list the fields in Sources/Projections/Views"
        ) { isSource($0) && !$0.isIn(["Sources/Projections/Views/"]) },
        .banned(
            "only the pure wing makes a Rendition", #"\bRendition(\.init)?\("#,
            because: "make it for a viewer, in Projections"
        ) { isSource($0) && !$0.isIn(["Sources/Projections/"]) },
        .banned(
            "records are not encodable", #"(?<!any )\b(Encodable|Codable)\b"#, because: "what is shown is a view"
        ) { isSource($0) },
        .banned(
            "answers go out as views", #"\.output\("#, because: "give a view, or a rendition, to answer()"
        ) { isCommand($0) && !$0.isIn(["Sources/interlock/Common/", "Sources/interlock/Demo/Stage.swift"]) },
        .banned(
            "texts stand in files of their own", #"\b(?:struct|enum|class|actor|extension)\b[^{]*:[^{]*\bViewText\b"#,
            because: "move it to a file named …Text.swift"
        ) { isCommand($0) && !isText($0) },
        .banned(
            "texts know views only", #"\b(?:"# + records.joined(separator: "|") + #")\b"#,
            because: "a text is made of what a view shows; list a field for what it lacks"
        ) { isText($0) },
        .banned(
            "tests wait for signals, not for time", #"\bThread\.sleep|\busleep\(|\bTask\.sleep|(?<![\w.])sleep\("#,
            because: "wait for what is to happen"
        ) { $0.isSwift && $0.isTest },
        .banned(
            "clocks are read where the world is touched",
            #"\bContinuousClock\b|\bSuspendingClock\b|\bclock_gettime\b|\bgettimeofday\b|\bDate\(\)|\b(Monotonic|Wall)Time\.now\b"#,
            because: "time comes in with the command"
        ) { isSource($0) && !$0.isIn(clockRooms) },
        .banned(
            "processes are started by System only",
            #"\bposix_spawnp?\b|(?<![\w.])fork\(\)|(?<![\w.])v?fork\(|\bexec(ve?|vpe?|lp?)\(|\bcs_spawn\b|(?<![\w.])Process\(\)"#,
            because: "ask System for it"
        ) { isSource($0) && !$0.isIn(["Sources/System/"]) },
        .banned(
            "no catch that crashes the compiler", #"\bcatch\s+where\b|\bcatch\b[^{]*\bwhere\b"#,
            because: "catch everything, then guard … else { throw error }"
        ) { $0.isSwift },
    ]

    static func isCommand(_ file: SourceFile) -> Bool { isSource(file) && file.room == "interlock" }

    /// A file of the command line in which a view becomes a text.
    static func isText(_ file: SourceFile) -> Bool { isCommand(file) && file.path.hasSuffix("Text.swift") }

    /// The raw records: what has a field list, by the name of its outermost type; and what these are taken from.
    static let records: [String] = {
        var names: Set<String> = [
            "Platform", "Locks", "Tasks", "TaskRecord", "Grant", "Request", "Event", "Fact", "LogScan", "HistorySource",
            "OpenSite", "LogLine", "Viewer",
        ]
        for file in SourceTree.files where file.isIn(["Sources/Projections/Views/"]) {
            for line in file.code {
                for match in line.matches(of: /\[Field<(\w+)/) where match.1 != "Record" {
                    names.insert(String(match.1))
                }
            }
        }
        return names.sorted()
    }()

    static func isSource(_ file: SourceFile) -> Bool { file.isSwift && file.path.hasPrefix("Sources/") }

    static let importRule = Rule("imports point downwards") { file in
        guard isSource(file) else { return [] }
        let rooms = imports[file.room] ?? []
        let parts = partImports.filter { file.path.hasPrefix($0.key) }.flatMap(\.value)
        return file.code.enumerated().compactMap { index, line in
            guard let module = importedModule(line), !rooms.contains(module), !parts.contains(module) else {
                return nil
            }
            return Finding(
                path: file.path, line: index + 1,
                message: "\(file.room) may not import \(module) (design: one way, downwards)")
        }
    }

    /// The module of an import line: of `public import Events` and of `import struct Foundation.Data`.
    static func importedModule(_ line: String) -> String? {
        var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        while let first = words.first, first.hasPrefix("@") || accessLevels.contains(String(first)) {
            words.removeFirst()
        }
        guard words.first == "import" else { return nil }
        words.removeFirst()
        if let kind = words.first, kinds.contains(String(kind)) { words.removeFirst() }
        return words.first.flatMap { $0.split(separator: ".").first }.map(String.init)
    }

    private static let accessLevels: Set<String> = ["public", "package", "internal", "fileprivate", "private"]
    private static let kinds: Set<String> = [
        "struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor",
    ]
}
