import Projections

/// What the doctor found, a line each, and below it how to mend what is wrong.
struct DoctorText: ViewText {
    func text(of view: View, on page: Page) -> String {
        let width = view.rows.map { $0.words("name").count }.max() ?? 0
        return view.rows.map { check in
            let name = check.words("name")
            let space = String(repeating: " ", count: width - name.count + 2)
            let mark = check["ok"]?.bool == true ? page.style.good("ok     ") : page.style.bad("problem")
            let line = "\(mark)  \(name)\(space)\(oneLine(check.words("finding")))\n"
            guard let hint = check.string("hint") else { return line }
            return line + String(repeating: " ", count: width + 11) + oneLine(hint) + "\n"
        }.joined()
    }
}
