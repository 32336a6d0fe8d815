import Projections

/// What meets, and a line for each order, in columns.
struct LockInversionsText: ViewText {
    func text(of view: View, on page: Page) -> String {
        view.rows.isEmpty
            ? "no locks were taken in orders that could meet\n" : view.rows.map(paragraph).joined(separator: "\n")
    }

    private func paragraph(_ inversion: View) -> String {
        let orders = inversion.rows("orders")
        let width = orders.map { words($0).count }.max() ?? 0
        let lines = orders.map { order in
            let space = String(repeating: " ", count: width - words(order).count)
            return "  \(words(order))\(space)  \(proofs(order))\n"
        }
        return headline(inversion.rows("paths").compactMap(\.string), orders) + "\n" + lines.joined()
    }

    private func headline(_ paths: [String], _ orders: [View]) -> String {
        guard let last = paths.last, paths.count > 1 else {
            return orders.first.map { "\($0["holds"]?.words("path") ?? "") is held by several who then ask for more" }
                ?? ""
        }
        let list = paths.dropLast().joined(separator: ", ") + " and " + last
        return list + (orders.count == 2 ? " are taken in both orders" : " are taken in a ring")
    }

    private func words(_ order: View) -> String {
        "\(order["holds"]?.lockWords ?? ""), then \(order["wants"]?.lockWords ?? "")"
    }

    /// How often and by how many, with the first and the last time.
    private func proofs(_ order: View) -> String {
        let (first, last) = (order["first"].map(proof) ?? "", order["last"].map(proof) ?? "")
        guard let count = order.integer("count"), count > 1 else { return "once: \(first)" }
        let sessions = counted(order.integer("sessions") ?? 0, "session")
        return "\(grouped(count)) times by \(sessions); first: \(first); last: \(last)"
    }

    private func proof(_ proof: View) -> String {
        let who = proof["holder"]?.name ?? proof.words("session")
        return "held since \(proof.words("token")), asked at \(proof.words("position")) by \(who), \(proof.words("at"))"
    }
}
