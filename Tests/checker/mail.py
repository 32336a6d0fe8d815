"""Point 9: each app is given the server it is to have, none that has it is touched, and no name goes that one may use."""

PLAIN = "mail"
KEY = "reconfigure:"
SETTINGS = ("domain", "mail", "mailFrom", "requiresValidCertificate", "state")


class Unknown:
    """A text of which a redaction left nothing: it may have been any."""

    def __eq__(self, other):
        return True

    def __bool__(self):
        return True


class App:
    def __init__(self):
        self.domain, self.mail, self.mailFrom, self.requiresValidCertificate, self.state = None, True, None, False, None
        # What it was given last, what a task is giving it, and whether the last one failed.
        self.has, self.giving, self.failed = None, None, False

    def change(self, data, is_redacted):
        for name in SETTINGS:
            setattr(self, name, data.get(name, getattr(self, name)))
        if is_redacted:
            self.mailFrom = Unknown()

    @property
    def runs(self):
        return self.state != "stopped"

    def wants(self, name):
        if not self.mail:
            return None
        server = name if name and self.requiresValidCertificate else PLAIN
        return server, self.mailFrom or f"no-reply@{self.domain}"

    def lags(self, name):
        return self.failed or self.has != self.wants(name)


class Mail:
    def __init__(self):
        self.apps, self.tasks = {}, {}
        self.name, self.generation, self.wish, self.former, self.served = None, 0, None, set(), ()

    def follow(self, kind, data, is_redacted, say):
        self.say, self.is_redacted = say, is_redacted
        if kind in OF_AN_APP and data["app"] not in self.apps:
            say("9.app", f"there is no app {data['app']}")
            return
        HANDLERS[kind](self, data)

    def registered(self, data):
        app = self.apps[data["app"]] = App()
        app.change(data, self.is_redacted)
        app.has = app.wants(None)

    def changed(self, data):
        self.apps[data["app"]].change(data, self.is_redacted)

    def removed(self, data):
        del self.apps[data["app"]]

    def queued(self, data):
        """A task that nobody asked for is for an app that runs and has something else than it is to have."""
        key = data.get("unique", "")
        if key.startswith(KEY):
            self.tasks[data["task"]] = key.removeprefix(KEY)
            self.expect_needed(self.tasks[data["task"]], "is to be reconfigured")

    def giving(self, data):
        app = self.apps[data["app"]]
        app.giving = self.values(data)
        if data["task"] in self.tasks:
            self.expect_needed(data["app"], "is reconfigured")
        if app.giving != app.wants(self.name) or data["generation"] != self.generation:
            self.say("9.values", f"app {data['app']} is given {app.giving}, and is to have {app.wants(self.name)}")

    def given(self, data):
        app = self.apps[data["app"]]
        if app.giving != self.values(data):
            self.say("9.values", f"app {data['app']} has {self.values(data)}, and was given {app.giving}")
        app.has, app.giving, app.failed = self.values(data), None, False

    def failed(self, data):
        app = self.apps[data["app"]]
        app.giving, app.failed = None, True

    def expect_needed(self, name, what):
        app = self.apps.get(name)
        why = (
            "is not there" if not app else "is stopped" if not app.runs
            else None if app.lags(self.name) else "has what it is to have"
        )
        if why:
            self.say("9.touched", f"app {name} {what}, and {why}")

    def values(self, data):
        server = data.get("mailServer")
        return server and (server, Unknown() if self.is_redacted else data.get("mailFrom"))

    def requested(self, data):
        self.wish = data["to"]

    def refused(self, data):
        self.wish = None if self.wish == data["to"] else self.wish

    def seen(self, data):
        self.served = data["names"]

    def renamed(self, data):
        new = data["to"]
        if data.get("from") != self.name or data["generation"] != self.generation + 1:
            self.say("9.name", f"name {data['generation']}, {new}, does not come behind the one before it")
        if new != self.wish or new not in self.served:
            self.say("9.name", f"{new} is the name, and was not asked for or not seen to be served")
        self.former = (self.former | {self.name}) - {new, None}
        self.name, self.generation, self.wish = new, data["generation"], None

    def retired(self, data):
        name = data["name"]
        if name not in self.former or self.wish:
            self.say("9.retired", f"{name} is retired, and is no former name or another is on the way")
        for id, app in sorted(self.apps.items()):
            if app.giving and app.giving[0] == name:
                self.say("9.retired", f"{name} is retired while a task gives it to app {id}")
            elif app.runs and app.lags(self.name):
                self.say("9.behind", f"{name} is retired, and app {id} is behind")
        self.former.discard(name)

    def quiet(self, say):
        """Nothing was to be done for long enough."""
        if self.wish or self.former:
            names = ", ".join(sorted(self.former | {self.wish} - {None}))
            say("9.behind", f"all is quiet, and not done with {names}")
        for id, app in sorted(self.apps.items()):
            if app.runs and app.lags(self.name):
                say("9.behind", f"all is quiet, and app {id} has {app.has} and is to have {app.wants(self.name)}")


OF_AN_APP = {
    "app.changed": Mail.changed,
    "app.removed": Mail.removed,
    "app.reconfiguring": Mail.giving,
    "app.reconfigured": Mail.given,
    "app.reconfigure-failed": Mail.failed,
}
HANDLERS = OF_AN_APP | {
    "app.registered": Mail.registered,
    "mail.rename-requested": Mail.requested,
    "mail.rename-refused": Mail.refused,
    "mail.served": Mail.seen,
    "mail.renamed": Mail.renamed,
    "mail.name-retired": Mail.retired,
    "task.queued": Mail.queued,
}
