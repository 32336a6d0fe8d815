"""Point 1: a payload that is gone was erased by a later `log.redacted`, and left what that says."""

from recompute import canonical


class Redactions:
    def __init__(self):
        # What stands in place of payloads, as the events have it and as their redactions say.
        self.found, self.told = {}, {}

    def follow(self, event):
        position, data = event["position"], event.get("data")
        if data is not None and "remains" in event:
            raise ValueError("data and remains exclude each other")
        if data is None:
            self.found[position] = canonical(event.get("remains"))
        elif event["type"] == "log.redacted" and data["position"] < position:
            self.told[data["position"]] = canonical(data["remains"])

    def problems(self):
        """At the end of the log: what is wrong, by position."""
        for position in sorted(self.found.keys() | self.told.keys()):
            if position not in self.found:
                yield position, "it has its data, and the log says it was redacted"
            elif position not in self.told:
                yield position, "its data is gone, and no later event says that it was redacted"
            elif self.found[position] != self.told[position]:
                yield position, "what remains of it is not what its redaction left"
