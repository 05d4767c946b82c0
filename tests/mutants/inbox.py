"""Guards of messages and mails: whose they are, how many, and that each is sent once."""

from __future__ import annotations

from tests.mutants.mutant import Guard, cut, gone, instead, never, of

MUTANTS = (
    *of(
        "services/inbox/messages.py",
        "services/inbox/test_messages.py services/inbox/test_messages_together.py "
        "services/test_limits.py",
        never("a closed inbox refuses", "not accepts"),
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
    ),
    *of(
        "services/inbox/folders.py",
        "services/inbox/test_messages.py services/inbox/test_moves.py",
        instead(
            "one reads one's own", "mine = col(Message.person_id) == owner_id", "mine = true()"
        ),
        instead(
            "one's own are counted",
            "select(Inbox).where(Inbox.person_id == owner_id)",
            "select(Inbox)",
        ),
    ),
    *of(
        "services/inbox/slices.py",
        "services/inbox/test_messages.py",
        cut("a slice has an end", ".limit(LONGEST_SLICE)", "_newer"),
    ),
    *of(
        "services/inbox/message_order.py",
        "services/inbox/test_positions.py",
        never(
            "a made-up position is refused",
            "sent_at.tzinfo is None or not FIRST_YEAR <= sent_at.year < LAST_YEAR",
        ),
    ),
    *of(
        "services/inbox/selections.py",
        "services/inbox/test_moves.py",
        never("a selection has an end", "len(each) > MOST"),
    ),
    *of(
        "services/inbox/acts.py",
        "services/inbox/test_moves.py services/inbox/test_undo.py",
        cut("one changes one's own", "col(Message.person_id) == owner_id, ", "_these"),
        never("what is gone is told", "not before"),
        instead(
            "only what is in the trash is deleted for good",
            "'delete_forever': Act(_in(Folder.TRASH), None)",
            "'delete_forever': Act((), None)",
        ),
        instead(
            "only what isn't so changes",
            "(*_these(owner_id, ids), *act.only_if)",
            "_these(owner_id, ids)",
            "_statement",
        ),
    ),
    *of(
        "services/inbox/notes.py",
        "services/inbox/test_moves.py services/inbox/test_undo.py",
        cut("one notes beside one's own", ", col(Message.person_id) == owner_id", "change"),
        cut("a note is sealed as a note", ", part='note'", "change"),
        cut(
            "a later note stays",
            " or (only_if is not None and before != only_if)",
        ),
    ),
    *of(
        "services/inbox/undo.py",
        "services/inbox/test_undo.py",
        never("a day in the trash has an end", "day < (ctx.now - TRASH_LIVES).date()"),
    ),
    *of(
        "services/inbox/messages.py",
        "services/inbox/test_pauses.py services/inbox/test_storms.py "
        "services/inbox/test_deliveries.py",
        instead(
            "a paused inbox refuses",
            "return InboxPaused(owner, pauses.reopens(paused_until, time_zone))",
            "return None",
        ),
        instead("a brake holds", "if is_over", "if not is_over"),
    ),
    *of(
        "services/inbox/pauses.py",
        "services/inbox/test_pauses.py",
        instead("a pause ends when it's over", "paused_until > now", "paused_until >= now"),
        gone("a day of a pause is ahead", "raise InvalidDay", "_end"),
    ),
    *of(
        "services/inbox/deliveries.py",
        "services/inbox/test_deliveries.py services/inbox/test_storms.py",
        cut("nothing is delivered before it's due", ", _due_at <= ctx.now", "_deliver"),
        cut("nothing is delivered in quiet hours", " or Schedule(*chosen).is_quiet_at(ctx.now)"),
        cut(
            "what came in a storm waits for its owner",
            "col(HeldMessage.in_storm) == false(), ",
            "_deliver",
        ),
        instead("enough have come", "_together <= are", "_together <= 9", "_deliver"),
        instead("waiting has an end", "_latest_at <= ctx.now", "_latest_at > ctx.now", "_deliver"),
    ),
    *of(
        "services/inbox/storms.py",
        "services/inbox/test_storms.py services/inbox/test_moves.py",
        cut("one's own storm", "col(HeldMessage.person_id) == owner_id, ", "_theirs"),
        cut("what waits isn't a storm", ", col(HeldMessage.in_storm) == true()", "_theirs"),
        never("a brake is one of four", "wanted is None"),
    ),
    *of(
        "rules/time_zones.py",
        "services/inbox/test_delivery_settings.py services/inbox/test_pauses.py",
        never("a zone is the IANA's", "known is None"),
        never("a day is written in full", "not _DAY.fullmatch(typed)"),
    ),
    *of(
        "services/inbox/retention.py",
        "services/inbox/test_retention.py",
        never("a time to keep is one of four", "wanted is None"),
        instead("starred ones stay", "most if keep_starred else days", "days"),
        instead("the shorter time holds", "min(filter", "max(filter"),
        never("for ever is for ever", "days == FOR_EVER", "_older"),
    ),
    *of(
        "services/inbox/search.py",
        "services/inbox/test_search.py services/test_limits.py",
        gone("searches a minute", "ctx.rate_limits.spend('search', owner_id)"),
        never("a search has an end", "len(page) == PAGE and monotonic() >= ends_at"),
        never("a search finds so many", "len(found) == SLICE"),
        never("a made-up folder isn't searched", "not folders.is_known(folder)"),
        never("a day is a day", "not _DAY.fullmatch(typed)"),
        never("the first day is the first", "first and last and (first > last)"),
    ),
    *of(
        "rules/folding.py",
        "unit/test_folding.py",
        never("a search is short", "len(value) > LONGEST_SEARCH"),
        never("a search is for something", "not words"),
    ),
    *of(
        "services/inbox/removals.py",
        "services/inbox/test_removals.py",
        cut("the trash keeps for 30 days", ", day < last_day"),
    ),
    *of(
        "services/inbox/sealing.py",
        "services/inbox/test_sealing.py",
        cut(
            "only what is as it was read is sealed over",
            ", col(Message.content) == bindparam('clear')",
        ),
        instead("no clear text stays", "values(content='', ", "values("),
    ),
    *of(
        "services/inbox/inbox_keys.py",
        "services/inbox/test_inbox_keys.py",
        instead(
            "a key is of its owner",
            "return f'inbox key of {person_id}'",
            "return 'inbox key'",
        ),
        cut("a key sealed meanwhile stays", ", col(InboxKey.sealed) == row.sealed"),
        cut(
            "who is about to go gets no new key",
            ", col(Person.leaves_at).is_(None) | (col(Person.leaves_at) > ctx.now)",
        ),
    ),
    *of(
        "security/inbox_ciphers.py",
        "unit/test_inbox_ciphers.py",
        instead(
            "what is sealed is of its message",
            "{self._owner} {message_id}",
            "{self._owner}",
        ),
        instead("what is sealed is of its owner", " {self._owner} {message_id}", " {message_id}"),
        instead("a note is no text", "v1 {part}", "v1"),
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
            "close(letter.to_json().encode(), bound_to=mail_id)",
            "close(letter.to_json().encode(), bound_to='')",
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
        instead(
            "nobody's mail is sealed",
            "mail_id, _ = _sealed(ctx, letter)",
            "mail_id = new_id()",
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
