"""What all jobs have in common."""

from tests.faults.ledger import Count


class Job:
    """The work of one addon in one world.

    :cvar actions: external ids of the scheduled actions that this work is for
    """

    addon = ""
    actions = ()

    def __init__(self, world):
        self.world = world
        self.batch = ""
        self.prepare()

    def prepare(self):
        """Set the addon up, once."""

    def put_in(self, batch, size):
        """Put work in; ``batch`` is a word that no other batch has."""
        raise NotImplementedError

    def during(self, stop):
        """Put more in while things break, until ``stop`` is set; mark it done only when it was acknowledged."""

    def pending(self):
        """Return how much of the work the scheduled actions have still to do."""
        return 0

    def leap(self):
        """Let the time pass that retries and leases wait for; do again what was not acknowledged."""

    def counts(self, mails):
        """Return the ``Count`` list of this batch.

        :param mails: what ``World.received`` returned
        """
        raise NotImplementedError

    def count_mails(self, what, expected, mails, key):
        """Count mails that ``key(recipient, subject, text)`` has a name for, once per Message-Id."""
        seen = [(key(to, subject, text), to, message_id) for to, message_id, subject, text in mails]
        seen = [entry for entry in seen if entry[0]]
        found = {}
        for name, _to, _message_id in set(seen):
            found[name] = found.get(name, 0) + 1
        return Count(self.addon, what, expected, found, repeated=len(seen) - len(set(seen)), is_mail=True)
