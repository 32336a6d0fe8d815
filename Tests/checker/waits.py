"""Who waits for whom, and who holds whom back (design §4).

The design leaves some cases open: whether a slot is held back by an earlier exclusive request above it, whose waits the
first-in-first-out exception looks at. `sure` chooses between the reading with the fewest edges, where only what every
reader would call waiting counts, and the one with the most. A violation is reported only if both readings agree on it.
"""

from sessions import Session, related
from world import Entry


def obstacle(world, request):
    """A grant whose locks conflict with the request; None when there is none. Slots are not looked at."""
    for lock in request.locks:
        for grant in world.held.conflicting(*lock):
            if not related(grant.session, request.session):
                return grant
    return None


def holders(world, request):
    """The sessions whose locks are in the request's way; of a full slot path, all holders."""
    session = request.session
    for path, mode in request.locks:
        for grant in world.held.conflicting(path, mode):
            if not related(grant.session, session):
                yield grant.session
        if mode == "slot" and world.is_full(session, path):
            for holder in world.slot_holders(path):
                if not related(holder, session):
                    yield holder


def earlier(world, request, sure):
    """The earlier requests that conflict with this one and take part."""
    for path, mode in request.locks:
        if mode == "slot" and sure:
            continue
        yield from before(world, request, world.queue.conflicting(path, mode))
        if mode == "slot":
            rivals = before(world, request, world.queue.on(path, "slot"))
            yield from (rival for rival in rivals if obstacle(world, rival) is None)


def before(world, request, others):
    for other in others:
        if other.position < request.position and not related(other.session, request.session):
            if world.takes_part(other):
                yield other


def reach(world, request, sure):
    """All sessions that a request waits for, through the graph."""
    return closure(world, blockers(world, request, sure) if sure else [request.session], sure)


def closure(world, sessions, sure):
    """These sessions, and all that they wait for."""
    seen, pending = set(), list(sessions)
    while pending:
        session = pending.pop()
        if session in seen:
            continue
        seen.add(session)
        pending += session.children
        pending += world.awaited_sessions(session)
        pending += [] if sure else holders_before(world, session)
        for other in session.requests.values():
            pending += blockers(world, other, sure)
    return seen


def holders_before(world, session):
    """Who holds what the tasks that it waits for are going to ask for: those that have no session yet."""
    for task in session.awaited:
        if task in world.task_locks and not world.task_session(task):
            yield from holders(world, Entry(None, Session(task, task=task), world.task_locks[task]))


def blockers(world, request, sure):
    found = list(holders(world, request))
    found += (other.session for other in earlier(world, request, sure))
    return found


def lacks_only_slots(world, request):
    """True when surely nothing but slots keeps a request from its grant."""
    if obstacle(world, request) is not None:
        return False
    locks = [lock for lock in request.locks if lock[1] != "slot"]
    slots = [lock for lock in request.locks if lock[1] == "slot"]
    rivals = (rival for lock in locks + slots for rival in world.queue.conflicting(*lock))
    return next(before(world, request, rivals), None) is None
