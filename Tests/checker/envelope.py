"""Point 1: positions, times, chain, ids and stream versions."""

import re

from recompute import Chain

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


class Envelope:
    def __init__(self):
        self.chain, self.ids, self.versions = Chain(), set(), {}

    def problems(self, event):
        """What is wrong with the next event, by rule."""
        found = []
        expected = self.chain.position + 1
        problem = self.chain.problem(event)
        if problem:
            at = f" ({expected} is expected)" if event["position"] != expected else ""
            found.append(("1.chain", problem + at))
        if not TIME.fullmatch(event["at"]):
            found.append(("1.time", f"'{event['at']}' is no time in UTC with microseconds"))
        if event["id"] in self.ids:
            found.append(("1.id", f"id {event['id']} is there a second time"))
        self.ids.add(event["id"])
        stream, version = event["stream"], event["streamVersion"]
        if version != self.versions.get(stream, 0) + 1:
            found.append(("1.stream", f"version {version} of {stream} follows version {self.versions.get(stream, 0)}"))
        self.versions[stream] = version
        return found
