"""Guards of messages and mails: whose they are, how many, and that each is sent once."""

from __future__ import annotations

from tests.mutants.mutant import Guard, cut, gone, instead, never, of

MUTANTS = (
    *of(
        "services/inbox/messages.py",
        "services/inbox/test_messages.py services/inbox/test_messages_together.py "
        "services/test_limits.py",
        never("a closed inbox refuses", "not parcel.accepted"),
        cut("messages of a network", "('send_network', each.network)"),
        cut(
            "messages of a network into an inbox",
            "('send_network_inbox', self.network, self.owner_id), ",
        ),
        cut("messages into an inbox", ", ('send_inbox', self.owner_id)"),
        gone("a full inbox refuses", "parcel.refusal = refusal", "_let_in"),
        cut(
            "a retry is known",
            " if not known.intersection((d.send_key, *d.earlier))",
        ),
        cut("of two retries at once one is kept", " if parcel.send_key in kept"),
        cut("one deletes one's own", ", col(Message.person_id) == owner_id", "delete_one"),
        never("what is gone is told", "gone.rowcount != 1"),
    ),
    *of(
        "services/inbox/slices.py",
        "services/inbox/test_messages.py",
        instead(
            "one reads one's own",
            "mine = select(Message).where(Message.person_id == owner_id)",
            "mine = select(Message)",
            inside="inbox",
        ),
        instead(
            "one hears of one's own",
            "mine = select(Message).where(Message.person_id == owner_id)",
            "mine = select(Message)",
            inside="arrivals",
        ),
        instead(
            "one's own are counted",
            "count = select(func.count()).select_from(Message).where(Message.person_id == "
            "owner_id)",
            "count = select(func.count()).select_from(Message)",
        ),
        instead(
            "a slice has an end",
            "min(db.exec(on_screen).one(), LONGEST_SLICE)",
            "db.exec(on_screen).one()",
        ),
    ),
    *of(
        "services/inbox/send_statements.py",
        "services/inbox/test_messages.py services/inbox/test_messages_together.py",
        cut("of two keys at once one is stored", ".on_conflict_do_nothing()"),
    ),
    *of(
        "services/inbox/message_order.py",
        "services/inbox/test_messages.py",
        instead("a run begins after the last", "_position < ", "_each_place <= "),
    ),
    *of(
        "services/outbox.py",
        "services/test_outbox.py services/test_outbox_claims.py "
        "services/accounts/test_deletions.py scenarios/test_equal_work.py",
        Guard(
            "a mail's seal is of its row",
            "close(letter.to_json().encode(), bound_to=mail_id)\n    ctx.db.add(Mail(id=mail_id, "
            "sealed=sealed",
            "close(letter.to_json().encode(), bound_to='')\n    ctx.db.add(Mail(id=mail_id, "
            "sealed=sealed",
            also=(("bound_to=claimed.id", "bound_to=''"),),
        ),
        instead(
            "a mail keeps its key",
            "deliver(letter, idempotency_key=claimed.id)",
            "deliver(letter, idempotency_key=new_id())",
            "deliver_next",
        ),
        cut("a mail that was sent is wiped", "sealed=None, due_at=None, ", "_settle"),
        cut("a claim is of what was seen", ", col(Mail.due_at) == mail.due_at", "_claim"),
        never("of two claims one wins", "won.rowcount != 1"),
        gone("a refused mail waits", "_postpone(ctx, claimed)"),
        gone(
            "old news is given up",
            "db.exec(mine.where(old).values(sealed=None, due_at=None))",
        ),
        instead(
            "a claim is a lease",
            "values(due_at=ctx.now + LEASE, ",
            "values(due_at=mail.due_at, ",
        ),
        never("a mail to nobody is taken back", "not _row_exists(ctx, claimed)"),
        cut(
            "a dead code's mail starts nothing",
            " and (settled.rowcount == 1)",
        ),
        gone(
            "nobody's mail has a row",
            "ctx.db.add(Mail(id=mail_id, sealed=None, due_at=None, created_at=ctx.now))",
        ),
        gone(
            "nobody's mail is sealed",
            "ctx.keyring.seal.close(letter.to_json().encode(), bound_to=mail_id)",
            "post_decoy",
        ),
    ),
    *of(
        "mail/smtp_server.py",
        "mail/test_smtp.py",
        instead("an address is one", "PLAIN_ADDRESS.fullmatch(letter.to)", "letter.to"),
        never("the way is closed first", "self._url.encryption == 'starttls'"),
        instead(
            "a certificate is believed",
            "client.starttls(context=self._trust)",
            "client.starttls(context=ssl._create_unverified_context())",
        ),
        instead(
            "a certificate is believed from the first byte",
            "timeout=wait, trust=self._trust)",
            "timeout=wait, trust=ssl._create_unverified_context())",
        ),
    ),
    *of(
        "mail/envelope.py",
        "mail/test_smtp.py mail/test_mail.py",
        never("a key is made of letters", "not KEY.fullmatch(key)"),
    ),
    *of(
        "mail/outbox_folder.py",
        "mail/test_mail.py",
        gone("the folder is its owner's", "self._directory.chmod(448)"),
        instead(
            "one key writes one mail",
            "self._file_for(key) or self._write(letter, key)",
            "self._write(letter, key)",
        ),
    ),
    *of(
        "config/smtp.py",
        "unit/test_config_smtp.py",
        never(
            "no password in the open",
            "password and encryption == 'none' and (not _is_near(host))",
        ),
    ),
)
