import Seeds
import Testing

@testable import Collector

/// Files that are cut, or have garbage in them: never a crash, and never a number that was not there.
@Suite("What is not as the kernel writes it")
struct GarbageTests {
    static let files: [(KernelFile, String)] =
        [
            (.stat, Fixtures.stat), (.loadAverage, Fixtures.loadavg), (.memory, Fixtures.meminfo),
            (.paging, Fixtures.vmstat), (.pressure("cpu"), Fixtures.pressure), (.disks, Fixtures.diskstats),
            (.network, Fixtures.network), (.fileHandles, Fixtures.fileHandles), (.uptime, Fixtures.uptime),
        ] + groupFiles

    private static let groupFiles =
        pairs(KernelFile.unifiedGroup, GroupFixtures.unified)
        + KernelFile.controllerGroup.sorted { $0.key < $1.key }.flatMap {
            pairs($0.value, GroupFixtures.controllers[$0.key] ?? [:])
        }

    private static func pairs(_ files: [KernelFile], _ texts: [String: String]) -> [(KernelFile, String)] {
        files.compactMap { file in texts[file.path].map { (file, $0) } }
    }

    /// What the file says, by series.
    private static func values(_ file: KernelFile, _ bytes: [UInt8]) -> [Series: Double]? {
        guard let samples = try? file.samples(bytes) else { return nil }
        return Dictionary(uniqueKeysWithValues: samples.map { ($0.series, $0.value) })
    }

    /// Of io.stat the disks' sums are told: whether a disk is missing at the end, nobody can see.
    @Test(
        "is told in part at most, and rightly, when it is cut", arguments: files.filter { $0.0.path != "io.stat" })
    func cut(file: KernelFile, text: String) throws {
        let bytes = Array(text.utf8)
        let whole = try #require(Self.values(file, bytes))
        for length in 0..<bytes.count {
            guard let part = Self.values(file, Array(bytes[..<length])) else { continue }
            // Only whole lines are left.
            #expect(length == 0 || bytes[length - 1] == UInt8(ascii: "\n"))
            for (series, value) in part { #expect(whole[series] == value, "\(length) bytes") }
        }
    }

    @Test("gives no wrong number for what is known, whatever stands between", arguments: files)
    func edited(file: KernelFile, text: String) throws {
        let bytes = Array(text.utf8)
        let whole = try #require(Self.values(file, bytes))
        let garbage = (0...255).map { UInt8($0) }.filter { !("0"..."9").contains(Character(Unicode.Scalar($0))) }
            .filter { ![9, 10, 32].contains($0) }
        for seed in Setting.seeds(300, soak: 30_000) {
            var random = Random(seed: seed)
            var edited = bytes
            for _ in 0...random.below(3) {
                let place = random.below(edited.count)
                let byte = garbage[random.below(garbage.count)]
                if random.chance(50) { edited[place] = byte } else { edited.insert(byte, at: place) }
            }
            for (series, value) in Self.values(file, edited) ?? [:] {
                #expect(whole[series] == nil || whole[series] == value, "seed \(seed): \(series)")
            }
        }
    }

    @Test("is no crash, whatever it is", arguments: Setting.seeds(300, soak: 30_000))
    func random(seed: Int) {
        var random = Random(seed: seed)
        let alphabet = Array("0123456789 \n\t.:/-=\\cpuMemTotalkB\u{0}".utf8) + [0x80, 0xff]
        for (file, text) in Self.files + [(KernelFile.disks, Fixtures.mounts)] {
            var bytes = (0..<random.below(300)).map { _ in alphabet[random.below(alphabet.count)] }
            // Some of it begins as it should.
            if random.chance(50) { bytes = Array(text.utf8.prefix(random.below(text.utf8.count))) + bytes }
            _ = try? file.samples(bytes)
            _ = try? Mounts.real(bytes)
        }
    }

    @Test("names no mount that was not there", arguments: Setting.seeds(300, soak: 30_000))
    func mounts(seed: Int) {
        var random = Random(seed: seed)
        let bytes = Array(Fixtures.mounts.utf8)
        let cut = Array(bytes.prefix(random.below(bytes.count)))
        let points = (try? Mounts.real(cut))?.map(\.point) ?? []
        let written = Fixtures.mounts.replacing(#"\040"#, with: " ")
        for point in points { #expect(written.contains(" \(point) ")) }
    }
}
