import Projections

/// One record: a line a field, the names in one column.
struct FieldsText: ViewText {
    func text(of view: View, on page: Page) -> String {
        let width = view.fields.map(\.name.count).max() ?? 0
        return view.fields.map { field in
            let space = String(repeating: " ", count: width - field.name.count + 2)
            return field.name + space + oneLine(field.value.string ?? field.value.text) + "\n"
        }.joined()
    }
}
