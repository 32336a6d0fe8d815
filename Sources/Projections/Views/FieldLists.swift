/// A field list without its values: who may see what of a record.
struct FieldList: Sendable {
    /// The list's name, without `Fields`.
    let name: String
    /// True for a record that an encoder would take, past every view.
    let isEncodable: Bool
    let fields: [(name: String, audience: Audience)]

    init<Record>(_ name: String, _ fields: [Field<Record>]) {
        self.name = name
        isEncodable = Record.self is any Encodable.Type
        self.fields = fields.map { ($0.name, $0.audience) }
    }
}

/// Every field list of this room. Tests hold it to be complete, and write down who sees what by it.
let fieldLists: [FieldList] = [
    FieldList("app", appFields),
    FieldList("appPlan", appPlanFields),
    FieldList("user", userFields),
    FieldList("mail", mailFields),
    FieldList("rename", renameFields),
    FieldList("reconfiguration", reconfigurationFields),
    FieldList("credential", credentialFields),
    FieldList("mailStatus", mailStatusFields),
    FieldList("mailApp", mailAppFields),
    FieldList("mailProblem", mailProblemFields),
    FieldList("wish", wishFields),
    FieldList("served", servedFields),
    FieldList("refusedName", refusedNameFields),
    FieldList("adoption", adoptionFields),
    FieldList("ended", endedFields),
    FieldList("finished", finishedFields),
    FieldList("stray", strayFields),
    FieldList("story", storyFields),
    FieldList("lane", laneFields),
    FieldList("deadlock", deadlockFields),
    FieldList("party", partyFields),
    FieldList("partyHolder", partyHolderFields),
    FieldList("holding", holdingFields),
    FieldList("want", wantFields),
    FieldList("refused", refusedFields),
    FieldList("moment", momentFields),
    FieldList("event", eventFields),
    FieldList("eventLine", eventLineFields),
    FieldList("schema", schemaFields),
    FieldList("configuration", configurationFields),
    FieldList("check", checkFields),
    FieldList("inversion", inversionFields),
    FieldList("order", orderFields),
    FieldList("lock", lockFields),
    FieldList("proof", proofFields),
    FieldList("history", historyFields),
    FieldList("summary", summaryFields),
    FieldList("wait", waitFields),
    FieldList("contention", contentionFields),
    FieldList("histogram", histogramFields),
    FieldList("table", tableFields),
    FieldList("acquired", acquiredFields),
    FieldList("holder", holderFields),
    FieldList("blocker", blockerFields),
    FieldList("held", heldFields),
    FieldList("waiting", waitingFields),
    FieldList("metric", metricFields),
    FieldList("notification", notificationFields),
    FieldList("delivery", deliveryFields),
    FieldList("receipt", receiptFields),
    FieldList("reaction", reactionFields),
    FieldList("parked", parkedFields),
    FieldList("retried", retriedFields),
    FieldList("redaction", redactionFields),
    FieldList("step", stepFields),
    FieldList("session", sessionFields),
    FieldList("verdict", verdictFields),
    FieldList("figure", figureFields),
    FieldList("follower", followerFields),
    FieldList("projection", projectionFields),
    FieldList("checked", checkedFields),
    FieldList("task", taskFields),
    FieldList("obstacle", obstacleFields),
    FieldList("progress", progressFields),
    FieldList("stop", stopFields),
    FieldList("usage", usageFields),
    FieldList("life", lifeFields),
    FieldList("taskLife", taskLifeFields),
    FieldList("count", countFields),
    FieldList("logLine", logLineFields),
    FieldList("plan", planFields),
    FieldList("type", typeFields),
    FieldList("link", linkFields),
    FieldList("chainHeld", chainHeldFields),
]
