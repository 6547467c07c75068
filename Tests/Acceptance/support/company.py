"""The people that tests about who sees what are played by."""

from .api import register


class Company:
    """A server with an owner (`boss`), an admin who makes things happen (`keeper`), a member (`witness`), and the one whom a case is about (`subject`).

    The subject is what `standing` says: the owner, an admin, nobody there, or else a member.
    """

    def __init__(self, server, standing, *, watchers=()):
        """`watchers`: who besides the subject and the witness needs a corner of its own for `mark`."""
        self.keeper, self.witness, self.subject = (register(server, name) for name in ("keeper", "witness", "subject"))
        self.boss = self.subject if standing == "owner" else register(server, "boss")
        nest = self.boss.create_server()
        self.server, self.room = nest["server_id"], nest["channels"][0]["channel_id"]
        for account in (self.keeper, self.witness):
            self.boss.add(self.server, account)
        self.boss.promote(self.server, self.keeper)
        if standing in ("admin", "member", "allowed"):
            self.boss.add(self.server, self.subject)
        if standing == "admin":
            self.boss.promote(self.server, self.subject)
        self.invite = self.keeper.invite(self.server)
        people = (self.subject, self.witness, *(getattr(self, name) for name in watchers))
        self.corners = {account.user_id: account.corner() for account in people}

    def member(self, account):
        """The path of a membership; `account` may be `@me`."""
        return f"/servers/{self.server}/members/{account if isinstance(account, str) else account.user_id}"

    def mark(self, account):
        """A message that only this account hears of: whatever happened before comes before it."""
        return account.say(self.corners[account.user_id], "marker")
