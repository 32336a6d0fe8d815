import Events
import Projections
import YAML

extension ConfigurationReader {
    static let taskKeys = [
        "command", "arguments", "locks", "slots", "user", "timeout", "grace", "retries", "limits", "idempotent",
        "database", "schedule",
    ]
    static let maximumCommandWords = 1000

    mutating func taskType(_ keyNode: Node, _ node: Node, slots capacities: [LockPath: Int]) -> TaskType? {
        guard let name = identifier(keyNode, "the name of a task type") else { return nil }
        guard let section = section(node, "tasks.\(name)", keys: Self.taskKeys) else { return nil }
        var type = TaskType(name: name, command: [])
        if let node = section.node("arguments") { type.arguments = arguments(node, label(section, "arguments")) }
        if let node = section.node("command") {
            type.command = command(node, label(section, "command"), type.arguments)
        } else {
            complain("\(section.name) has no command", at: keyNode)
        }
        if let node = section.node("locks") { type.locks = locks(node, label(section, "locks"), type.arguments) }
        if let node = section.node("slots") {
            type.slots = slotPaths(node, label(section, "slots"), capacities)
        }
        readLife(of: &type, section)
        return type
    }

    /// How it runs, as against what runs.
    private mutating func readLife(of type: inout TaskType, _ section: Section) {
        if let node = section.node("user") { type.user = identifier(node, label(section, "user")) }
        type.timeout = duration(section, "timeout")
        if type.timeout == .zero {
            complain("\(label(section, "timeout")) must be above 0", at: section.node("timeout"))
        }
        if let grace = duration(section, "grace") { type.grace = grace }
        type.idempotent = flag(section, "idempotent", default: false)
        type.database = flag(section, "database", default: false)
        if let node = section.node("retries") { type.retries = retries(node, label(section, "retries")) }
        if let node = section.node("limits") { type.limits = limits(node, label(section, "limits")) }
        if let node = section.node("schedule") {
            let expected = "five cron fields such as \"0 3 * * *\", or \"@start\""
            type.schedule = value(node, label(section, "schedule"), expected: expected) { Schedule($0) }
            checkRunsByItself(type, node)
        }
    }

    /// Nobody is there to give it anything.
    private mutating func checkRunsByItself(_ type: TaskType, _ node: Node) {
        if type.needsApp { complain("a task on an app cannot run by itself: nobody names the app", at: node) }
        for (name, argument) in type.arguments.sorted(by: { $0.key < $1.key }) where argument.required {
            complain("the task cannot run by itself: its argument '\(name)' is required; give it a default", at: node)
        }
    }

    private mutating func retries(_ node: Node, _ name: String) -> TaskType.Retries? {
        guard let section = section(node, name, keys: ["max", "backoff"]) else { return nil }
        guard section.has("max") else {
            complain("\(name) needs max, the number of further attempts", at: node)
            return nil
        }
        let backoff = duration(section, "backoff") ?? .seconds(1)
        return number(section, "max", 0...Platform.maximumRetries).map { TaskType.Retries(max: $0, backoff: backoff) }
    }

    private mutating func limits(_ node: Node, _ name: String) -> TaskType.Limits? {
        guard let section = section(node, name, keys: ["memory", "cpu", "pids"]) else { return nil }
        var limits = TaskType.Limits()
        limits.memory = size(section, "memory")
        limits.pids = number(section, "pids", 1...4_194_304)
        if let node = section.node("cpu") {
            limits.cpuPercent = value(node, label(section, "cpu"), expected: "percent of one core, such as 50%") {
                guard $0.hasSuffix("%"), let percent = Int($0.dropLast()), (1...100_000).contains(percent) else {
                    return nil
                }
                return percent
            }
        }
        return limits
    }

    private mutating func slotPaths(_ node: Node, _ name: String, _ capacities: [LockPath: Int]) -> [LockPath] {
        var paths: [LockPath] = []
        for element in list(node, name) ?? [] {
            guard let path = lockPath(element, "an element of \(name)") else { continue }
            if capacities[path] == nil {
                complain("\(path) has no capacity: name it under slots, as in 'slots: { \(path): 3 }'", at: element)
            }
            if paths.contains(path) { complain("\(path) is named twice", at: element) }
            paths.append(path)
        }
        return paths
    }
}
