"""Points 6 and 7, of requests and grants: who asks, holds and gives back is alive, and gives back what it holds."""

import grants
import refusals
from lives import HANDLERS as LIFE_HANDLERS
from lives import Lives
from world import Entry, locks_of


class Locks(Lives):
    """Follows the events of sessions, locks and runners."""

    def __init__(self, world, tasks, rest):
        self.world, self.tasks, self.rest = world, tasks, rest
        # Of the command under way: who gave back before its last grant, releases by the end of a session; requests and
        # grants that were made, and whether else somebody may wait for more than before.
        self.gave_back, self.before_grant, self.by_end, self.made, self.grew = set(), set(), [], [], False

    def follow(self, kind, position, data, say):
        self.position, self.say = position, say
        handler = HANDLERS.get(kind)
        if handler:
            handler(self, data)

    def requested(self, data):
        session = self.session(data)
        if data["request"] in self.world.requests:
            self.say("7.grant", f"request {data['request']} is made a second time")
        elif session:
            request = Entry(self.position, session, locks_of(data), data["request"])
            self.world.enqueue(request)
            self.rest.asked(request)
            self.made.append(request)

    def request(self, data, what):
        """The standing request of an event, which leaves the queue."""
        session, request = self.session(data), self.world.requests.get(data["request"])
        if request is None or request.session is not session:
            self.say("7.grant", f"request {data['request']} is {what} and does not stand for {data['session']}")
            return None
        return request

    def granted(self, data):
        request = self.request(data, "granted")
        if request is None:
            return
        if sorted(request.locks) != sorted(locks_of(data)):
            self.say("7.grant", f"request {data['request']} is granted other locks than it asked for")
        grants.judge(self.world, request, self.say)
        self.dequeue(request)
        grant = Entry(self.position, request.session, locks_of(data))
        self.world.hold(grant)
        self.made.append(grant)
        self.tasks.grants.add(self.position)
        self.before_grant |= self.gave_back

    def dequeue(self, request):
        self.world.dequeue(request)
        self.rest.gone(request.position)

    def withdrawn(self, data):
        request = self.request(data, "withdrawn")
        if request:
            self.dequeue(request)
            self.gave_back.add(request.session)

    def refused(self, data):
        session, request = self.session(data), self.world.requests.get(data.get("request"))
        if request:
            self.dequeue(request)
        if session:
            refusals.judge(self.world, self.position, session, data, self.say)

    def grant(self, data):
        """The standing grant that an event names."""
        session, grant = self.session(data), self.world.grants.get(data["token"])
        if grant is None or grant.session is not session:
            self.say("7.token", f"token {data['token']} does not stand for {data['session']}")
            return None
        return grant

    def released(self, data):
        grant = self.grant(data)
        if grant is None:
            return
        locks = locks_of(data)
        if len(set(locks)) < len(locks) or not set(locks) <= set(grant.locks):
            self.say("7.token", f"more than token {data['token']} has is released: it has {grant}")
        self.free(grant, [lock for lock in dict.fromkeys(locks) if lock in grant.locks])
        self.gave_back.add(grant.session)
        if data["cause"] == "session-ended":
            self.by_end.append(grant.session)

    def free(self, grant, locks):
        self.world.free(grant, locks)
        # A slot may have served descendants, which take slots of their own now.
        self.grew |= any(mode == "slot" for _, mode in locks)
        self.rest.gone(grant.position)

    def downgraded(self, data):
        grant = self.grant(data)
        if grant is None:
            return
        if (data["path"], "exclusive") not in grant.locks:
            self.say("7.token", f"token {data['token']} has no exclusive {data['path']} to make shared: it has {grant}")
            return
        self.world.downgrade(grant, data["path"])
        self.rest.gone(grant.position)

    def configured(self, data):
        self.world.capacities[data["path"]] = data["capacity"]
        self.grew = True

    def settle(self, say):
        """At a command's end."""
        for session in self.by_end:
            if session.alive:
                say("6.ended", f"locks are released by the end of {session}, which goes on")
        if self.grew or any(map(self.rest.adds_waiting, self.made)):
            self.rest.grew()
        self.gave_back, self.before_grant, self.by_end, self.made, self.grew = set(), set(), [], [], False


HANDLERS = {
    **LIFE_HANDLERS,
    "slots.configured": Locks.configured,
    "lock.requested": Locks.requested,
    "lock.granted": Locks.granted,
    "lock.withdrawn": Locks.withdrawn,
    "lock.refused": Locks.refused,
    "lock.released": Locks.released,
    "lock.downgraded": Locks.downgraded,
}
