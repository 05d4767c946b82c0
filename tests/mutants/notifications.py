"""Guards of what owners are told by email: how often, of what, and that one click ends it."""

from __future__ import annotations

from tests.mutants.mutant import Guard, cut, instead, never, of

MUTANTS = (
    *of(
        "services/notifications/due_digests.py",
        "services/notifications/test_email_digests.py services/inbox/test_self_tests.py",
        cut("read messages are no news", ", col(Message.is_unread) == true()"),
        cut("tests are no news", ", col(Message.is_test) == false()"),
        cut("what was told is no news", ", col(Message.sent_at) >= col(EmailDigest.told_until)"),
        cut("somebody else's messages are no news", "col(Message.person_id) == _whose, "),
        cut("only the inbox counts", "col(Message.folder) == Folder.INBOX.value, "),
        cut("what may still be on its way waits", ", col(Message.sent_at) < until"),
        cut("whoever is leaving is left alone", "leaves_at.is_(None) & "),
        cut("whoever is banned is left alone", " & banned_at.is_(None)"),
        cut("a clock that was ahead", " or _read(ctx, at > ctx.now + FURTHEST, until, limit)"),
    ),
    *of(
        "services/notifications/email_digests.py",
        "services/notifications/test_email_digests.py",
        cut("nothing new, no email", "not due.count or "),
        Guard(
            "one email of several workers",
            ", col(EmailDigest.next_at) == bindparam('was_next')",
            "",
            also=((", col(EmailDigest.told_until) == bindparam('was_told')", ""),),
        ),
        cut("no more than may wait", ", room - outbox.bulk_waiting(ctx)", "tell_next"),
        never("a frequency that can be chosen", "wanted not in FREQUENCIES"),
        never("an hour of the day", "type(value) not in (str, int) or value not in known"),
    ),
    *of(
        "services/outbox.py",
        "services/notifications/test_email_digests.py",
        cut("other emails go first", "col(Mail.is_bulk), ", "_claim"),
    ),
    *of(
        "services/notifications/unsubscribe_links.py",
        "web/test_unsubscribe.py services/notifications/test_email_digests.py",
        instead(
            "a key is ours",
            "return ctx.keyring.unsubscribe_links.open(sealed, bound_to=BOUND_TO).decode()",
            "return (ctx.db.connection().exec_driver_sql('select person_id from email_digests')"
            ".scalar() or '')",
        ),
    ),
    *of(
        "services/inbox/self_tests.py",
        "services/inbox/test_self_tests.py",
        never("an inbox with a message takes no test", "db.exec(there).first() is not None"),
        instead("a test says that it's one", "'is_test': True", "'is_test': False"),
        instead("a test isn't unread", "'is_unread': False", "'is_unread': True"),
    ),
    *of(
        "services/inbox/acts.py",
        "services/inbox/test_self_tests.py",
        cut("a test can't be unread", ", *_NO_TEST"),
    ),
    *of(
        "services/backups/leftovers.py",
        "commands/test_leftovers.py",
        instead("another's place is left alone", "fcntl.LOCK_EX | fcntl.LOCK_NB", "0"),
        cut("an unfinished restore keeps its place", " * (not is_unfinished)"),
    ),
)
