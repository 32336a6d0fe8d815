"""Points 4 and 5 at a grant: nothing conflicts, no slot too many, nobody passes who may not."""

from sessions import related
from waits import before, earlier, lacks_only_slots, reach
from world import count, serves


def judge(world, request, say):
    """A request of the queue is granted; it still stands there."""
    conflicts(world, request, say)
    slots(world, request, say)
    order(world, request, say)


def conflicts(world, request, say):
    for path, mode in request.locks:
        for grant in world.held.conflicting(path, mode):
            if not related(grant.session, request.session):
                rival = f"token {grant.position} ({grant})"
                say("4.conflict", f"{mode} {path} is granted to {request.session} beside {rival}")
                return


def slots(world, request, say):
    for path, mode in request.locks:
        if mode != "slot":
            continue
        capacity, holders = world.capacities.get(path), world.slot_holders(path)
        if capacity is None:
            say("4.capacity", f"a slot of {path} is granted, whose capacity was never configured")
        elif (after := count([*holders, request.session])) > max(capacity, count(holders)):
            say("4.capacity", f"{request.session} gets a slot of {path}: {after} are taken, {capacity} there are")


def order(world, request, say):
    if not world.takes_part(request):
        say("5.order", f"a task is granted its locks ({request}) without a runner of {request.session.host}")
    for rival in (*earlier(world, request, sure=True), *owed_slots(world, request)):
        if request.session not in reach(world, rival, sure=False):
            say("5.order", f"{request} passes the request of position {rival.position} ({rival})")
            return


def owed_slots(world, request):
    """Earlier requests that lack nothing, and find no slot any more when this one has taken its own."""
    for path, mode in request.locks:
        holders = world.slot_holders(path)
        if mode != "slot" or serves(holders, request.session):
            continue
        for rival in before(world, request, world.queue.on(path, "slot")):
            is_last = count([*holders, request.session, rival.session]) > world.capacities.get(path, 0)
            if is_last and not serves(holders, rival.session) and lacks_nothing_but(world, rival, path):
                yield rival


def lacks_nothing_but(world, request, path):
    others = (at for at, mode in request.locks if mode == "slot" and at != path)
    return not any(world.is_full(request.session, other) for other in others) and lacks_only_slots(world, request)
