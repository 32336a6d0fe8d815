"""Point 5 between two commands: nothing waits that could be granted, and nothing is in a deadlock."""

from reduction import remainder
from sessions import related
from waits import blockers, closure, earlier, obstacle, reach


class Rest:
    """Looks again only at what may have changed: most logs have many who wait, and few for whom something changes."""

    def __init__(self, world):
        self.world = world
        # Requests to be looked at, by position.
        self.unsettled = {}
        # By token or position: requests that wait for that grant, or behind that earlier request, as long as it stands.
        self.behind = {}
        # Of these, the ones behind a request: it holds back only while it does not wait for them.
        self.queued = {}
        # What was said already: requests, and sessions in a deadlock.
        self.told, self.reported = set(), set()

    def asked(self, request):
        self.unsettled[request.position] = request

    def gone(self, position):
        """A grant or request does not stand any more, or not wholly."""
        self.unsettled.update(self.behind.pop(position, {}))

    def grew(self):
        """Somebody may wait for more than before."""
        self.unsettled.update(self.queued)
        self.queued = {}

    def adds_waiting(self, entry):
        """True for a request that stands, and a grant that somebody waits for."""
        if entry.id:
            return entry.id in self.world.requests
        return any(mode == "slot" or any(self.world.queue.conflicting(path, mode)) for path, mode in entry.locks)

    def progress(self, say):
        self.obstacles, self.reached, self.say = {}, {}, say
        seen = set()
        while todo := self.unsettled.keys() - seen:
            for position in sorted(todo):
                seen.add(position)
                request = self.unsettled.pop(position)
                if request.id in self.world.requests and position not in self.told:
                    self.look(request)

    def look(self, request):
        grant = self.obstacle(request)
        if grant is not None:
            self.behind.setdefault(grant.position, {})[request.position] = request
        elif self.is_barred(request):
            self.unsettled[request.position] = request
        else:
            self.judge(request)

    def obstacle(self, request):
        """Many wait for the same: what is in the way of one is so for the next, unless they are kin."""
        locks = tuple(request.locks)
        grant = self.obstacles.get(locks)
        if grant is None or related(grant.session, request.session):
            grant = self.obstacles[locks] = obstacle(self.world, request)
        return grant

    def is_barred(self, request):
        """True when it cannot be granted, whoever else waits. A lock in its way was looked for already."""
        world, session = self.world, request.session
        return not world.takes_part(request) or any(
            mode == "slot" and world.is_full(session, path) for path, mode in request.locks
        )

    def judge(self, request):
        """It could have its locks: there must be an earlier one that holds it back, and can be granted before it."""
        rivals = earlier(self.world, request, sure=False)
        rivals = [rival for rival in rivals if self.holds_back(rival, request)]
        if not all(self.waits_by_another(rival, request) for rival in rivals):
            self.queued[request.position] = request
            for rival in rivals:
                self.behind.setdefault(rival.position, {})[request.position] = request
        elif self.is_unsafe(request):
            self.unsettled[request.position] = request
            # Who is behind it may wait for ever.
            self.gone(request.position)
        elif rivals:
            why = f"for ever behind {rivals[0]}, whose session waits for {request.session} besides"
            self.tell("5.hang", request, why)
        else:
            self.tell("5.progress", request, "and could be granted")

    def tell(self, rule, request, why):
        self.told.add(request.position)
        self.say(rule, f"the request of position {request.position} ({request}) waits {why}")

    def holds_back(self, rival, request):
        """False when the earlier one surely waits for the later one's session."""
        if rival.position not in self.reached:
            self.reached[rival.position] = reach(self.world, rival, sure=True)
        return request.session not in self.reached[rival.position]

    def waits_by_another(self, rival, request):
        """True when nothing is in the earlier one's way, but granted it would be in a deadlock with the later one: its
        session waits for that one's by another request. It is never granted while the later one waits."""
        if self.is_barred(rival) or blockers(self.world, rival, sure=False):
            return False
        return request.session in closure(self.world, [rival.session], sure=True)

    def is_unsafe(self, request):
        """A grant after which the reduction leaves a remainder is not made yet."""
        world = self.world
        return any(
            remainder(world, granted=request, eager=eager) - remainder(world, eager=eager) for eager in (False, True)
        )

    def deadlock(self, say):
        """Says whom it finds for the first time; without `say`, it happened to them and nobody can be blamed."""
        if not self.is_entangled():
            self.reported = set()
            return
        stuck = remainder(self.world, asleep=False)
        if say and stuck - self.reported:
            names = ", ".join(sorted(session.id for session in stuck))
            say("5.deadlock", f"these sessions wait for one another: {names}")
        self.reported = stuck

    def is_entangled(self):
        """False while nobody who waits holds anything: there is no deadlock then."""
        waiting = (*(request.session for request in self.world.requests.values()), *self.world.waiters)
        return any(session.grants or any(elder.grants for elder in session.line) for session in waiting)
