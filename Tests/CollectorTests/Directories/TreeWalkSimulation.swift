import Seeds
import System
import Testing

@testable import Collector

/// Trees made by chance that are walked, some while others change them, with time that costs none.
@Suite("Trees that are walked")
struct TreeWalkSimulation {
    private typealias Subdirectory = DirectoryReader.Subdirectory

    private struct Node {
        var status: FileStatus
        var below: [String: Int] = [:]
        /// Never to be entered, nor counted.
        var isForeign = false
        /// To be opened or read, and where it is no directory to be looked at, it refuses.
        var isBroken = false
    }

    /// What the kernel has, and a walk through it.
    private struct Play {
        let seed: Int
        var random: Random
        var nodes: [Node] = []
        var now = MonotonicTime(nanoseconds: 1)
        var bounds = TreeWalk.Bounds()
        /// Some directories refuse; others change the tree meanwhile.
        let (breaks, changes): (Bool, Bool)
        /// Of each open directory its node, and names that are still to come.
        var open: [(node: Int, names: [String])] = []

        init(seed: Int, breaks: Bool, changes: Bool) {
            (self.seed, random, self.breaks, self.changes) = (seed, Random(seed: seed), breaks, changes)
            nodes = [Node(status: FileStatus(device: 1, inode: 0, bytes: 1, allocatedBytes: 1, isDirectory: true))]
            for _ in 0..<random.below(120) { add() }
        }

        func complain(_ words: String) { Issue.record("seed \(seed): \(words)") }

        var directories: [Int] { nodes.indices.filter { nodes[$0].status.isDirectory && !nodes[$0].isForeign } }

        mutating func add() {
            let parent = directories[random.below(directories.count)]
            let inode = UInt64(nodes.count)
            let isDirectory = random.chance(35)
            let isForeign = random.chance(8)
            let isMount = isForeign && random.chance(50)
            // What is foreign would be noticed in any sum.
            let size = isForeign ? 1 << 40 : 1 + random.below(1000)
            var links = 1
            if !isDirectory, !isForeign, random.chance(20) { links = 3 }
            let status = FileStatus(
                device: isForeign && !isMount ? 2 : 1, inode: inode, links: links, bytes: size, allocatedBytes: size,
                isDirectory: isDirectory, isMount: isMount)
            nodes.append(
                Node(status: status, isForeign: isForeign, isBroken: breaks && random.chance(10)))
            for name in 0..<links {
                let place = name == 0 ? parent : directories[random.below(directories.count)]
                nodes[place].below["\(inode)-\(name)"] = Int(inode)
            }
        }

        /// Somebody takes a name away, perhaps to another place.
        mutating func change() {
            guard random.chance(70) else { return add() }
            let parent = directories[random.below(directories.count)]
            guard let (name, node) = nodes[parent].below.min(by: { $0.key < $1.key }) else { return }
            nodes[parent].below[name] = nil
            let place = directories[random.below(directories.count)]
            if random.chance(60), !isBelow(place, node) { nodes[place].below["\(name)m"] = node }
        }

        func isBelow(_ node: Int, _ top: Int) -> Bool {
            node == top || nodes[top].below.values.contains { isBelow(node, $0) }
        }

        /// What is there: bytes, and inodes.
        func sum() -> (bytes: Int, inodes: Int) {
            var (found, left): (Set<Int>, [Int]) = ([], [0])
            while let node = left.popLast() {
                guard !nodes[node].isForeign, found.insert(node).inserted else { continue }
                left += nodes[node].below.values
            }
            return (found.reduce(0) { $0 + nodes[$1].status.bytes }, found.count)
        }

        mutating func list(_ node: Int) {
            var names = nodes[node].below.keys.sorted()
            names.shuffle(using: &random)
            open.append((node, names))
        }

        /// A step as the kernel answers it.
        mutating func take(_ step: TreeWalk.Step, _ walk: inout TreeWalk) {
            guard let (node, names) = open.last else { return complain("nothing is open") }
            switch step {
            case .over: break
            case .look:
                if nodes[node].isBroken, names.count < 2 {
                    walk.failed(SystemError(.other, "broken"))
                    open.removeLast()
                } else if let name = names.last {
                    open[open.count - 1].names.removeLast()
                    guard let found = nodes[node].below[name] else { return walk.saw(.gone) }
                    let status = nodes[found].status
                    if nodes[found].isBroken, !status.isDirectory {
                        walk.saw(.unseen("closed"))
                        return
                    }
                    walk.saw(status.isDirectory ? .directory(Subdirectory(name, status)) : .file(status))
                } else {
                    walk.ended()
                    open.removeLast()
                }
            case .enter(let directory):
                guard let found = nodes[node].below[directory.text], nodes[found].status.isDirectory else {
                    return walk.failed(SystemError(.notFound, "gone"))
                }
                if nodes[found].isForeign { complain("it goes into what is foreign") }
                if nodes[found].isBroken, random.chance(50) {
                    walk.failed(SystemError(.permission, "closed"))
                } else if walk.entered(nodes[found].status) {
                    list(found)
                }
            }
        }

        mutating func run() {
            var walk = TreeWalk(nodes[0].status, at: now, within: bounds)
            list(0)
            var steps = 0
            while true {
                let step = walk.step(at: now)
                if step == .over { break }
                take(step, &walk)
                steps += 1
                if open.count > bounds.depth { complain("\(open.count) are open") }
                if steps > 4 * min(bounds.names, 10_000) + 100 { return complain("it does not end") }
                now = now.advanced(by: .milliseconds(random.below(100)))
                if changes, random.chance(30) { change() }
            }
            judge(walk)
        }

        private func judge(_ walk: TreeWalk) {
            let usage = walk.usage
            if usage.bytes >= 1 << 40 { complain("it counts what is foreign") }
            if walk.problem != nil, usage.isComplete { complain("complete, with \(walk.problem ?? "")") }
            if usage.bytes != usage.allocatedBytes { complain("the sums differ") }
            guard !changes else { return }
            let (bytes, inodes) = sum()
            let isAll = usage.bytes == bytes && usage.inodes == inodes
            if usage.isComplete, !isAll { complain("complete with \(usage.inodes) of \(inodes)") }
            if usage.bytes > bytes || usage.inodes > inodes { complain("more than there is") }
            if !usage.isComplete, walk.problem == nil { complain("incomplete without a reason") }
            let isFree = !breaks && bounds.names > 1000
            if isFree, !usage.isComplete { complain("incomplete: \(walk.problem ?? "")") }
        }
    }

    @Test(
        "are told whole where nothing hinders, never with more than there is, and in bounded steps whatever others do",
        arguments: [(false, false), (true, false), (false, true), (true, true)])
    func walks(breaks: Bool, changes: Bool) {
        var cut = 0
        for seed in Setting.seeds(150, soak: 20_000) {
            var play = Play(seed: seed, breaks: breaks, changes: changes)
            if play.random.chance(30) {
                play.bounds = TreeWalk.Bounds(
                    names: 1 + play.random.below(100), depth: 1 + play.random.below(6),
                    linkedFiles: play.random.below(5), time: .seconds(1 + play.random.below(10)))
                cut += 1
            }
            play.run()
        }
        #expect(cut > 10 || Setting.seed != nil)
    }

    @Test("goes on with the next name where one cannot be looked at")
    func unseen() {
        let now = MonotonicTime(nanoseconds: 1)
        var walk = TreeWalk(FileStatus(device: 1, inode: 1, isDirectory: true), at: now)
        walk.saw(.unseen("closed"))
        #expect(walk.step(at: now) == .look)
        walk.saw(.file(FileStatus(device: 1, inode: 2)))
        #expect(walk.usage.inodes == 2 && !walk.usage.isComplete && walk.problem == "closed")
    }
}
