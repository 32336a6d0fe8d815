"""Point 10: who is told of a notification was meant at some position since it was raised, by the roles of then."""

ADMINISTRATORS = ("owner", "admin")


class Notification:
    def __init__(self, data):
        self.key, self.audience, self.is_open = (data["kind"], data["subject"]), data["audience"], True
        # Who was meant at some position, and who was told that there is something, with the channel.
        self.meant, self.told = set(), set()


class Audience:
    def __init__(self):
        self.roles, self.operators, self.notifications, self.keys = {}, {}, {}, {}

    def follow(self, kind, data, is_redacted, say):
        self.say, self.is_redacted = say, is_redacted
        HANDLERS[kind](self, data)
        if kind in MOVING:
            for notification in self.notifications.values():
                self.meet(notification)

    def meet(self, notification):
        """Those who are meant by now."""
        notification.meant.update(name for name, role in self.roles.items() if self.is_meant(name, role, notification))

    def is_meant(self, name, role, notification):
        return any(self.fits(name, role, word) for word in notification.audience)

    def fits(self, name, role, word):
        if word == "user":
            return True
        if word == "admin":
            return role in ADMINISTRATORS
        if word.startswith("operator:"):
            operators = self.operators.get(word.removeprefix("operator:"), ())
            # Of an app whose operators were redacted anybody may have been one.
            return operators is None or name in operators
        return role == word

    def user(self, data):
        self.roles[data["user"]] = data.get("role") or data["to"]

    def removed(self, data):
        self.roles.pop(data["user"], None)

    def app(self, data):
        if self.is_redacted:
            self.operators[data["app"]] = None
        elif "operators" in data:
            self.operators[data["app"]] = set(data["operators"])

    def app_removed(self, data):
        self.operators.pop(data["app"], None)

    def raised(self, data):
        id, notification = data["notification"], Notification(data)
        if id in self.notifications:
            self.say("10.raise", f"notification {id} is raised twice")
        if not data["audience"] or "user" in data["audience"] and len(data["audience"]) > 1:
            self.say("10.audience", f"notification {id} is for {data['audience']}")
        if not self.is_redacted:
            if self.keys.get(notification.key) is not None:
                self.say("10.raise", f"{' of '.join(notification.key)} is open as {self.keys[notification.key]}")
            self.keys[notification.key] = id
        self.notifications[id] = notification
        self.meet(notification)

    def changed(self, data):
        known = self.notifications.get(data["notification"])
        if not known or not known.is_open:
            self.say("10.raise", f"notification {data['notification']} is not open")

    def resolved(self, data):
        self.changed(data)
        known = self.notifications.get(data["notification"])
        if known:
            known.is_open = False
            if self.keys.get(known.key) == data["notification"]:
                del self.keys[known.key]

    def delivered(self, data):
        id, recipient, channel = data["notification"], data["recipient"], data["channel"]
        known = self.notifications.get(id)
        if not known:
            self.say("10.raise", f"notification {id} is delivered and was not raised")
            return
        # What a webhook may read is the configuration's to say.
        if channel == "mail" and recipient not in known.meant:
            self.say("10.audience", f"{recipient} is told of {id}, which is for {', '.join(known.audience)}")
        if data["telling"] != "resolved":
            known.told.add((recipient, channel))
        elif known.is_open or (recipient, channel) not in known.told:
            self.say("10.resolved", f"{recipient} is told that {id} is over, and it is open or he was not told of it")


MOVING = {
    "user.added": Audience.user,
    "user.role-changed": Audience.user,
    "user.removed": Audience.removed,
    "app.registered": Audience.app,
    "app.changed": Audience.app,
    "app.removed": Audience.app_removed,
}
HANDLERS = MOVING | {
    "notification.raised": Audience.raised,
    "notification.repeated": Audience.changed,
    "notification.acknowledged": Audience.changed,
    "notification.resolved": Audience.resolved,
    "notification.delivered": Audience.delivered,
}
