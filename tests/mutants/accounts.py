"""Guards of what changes or ends an account: links, addresses, passwords, deletions, exports."""

from __future__ import annotations

from tests.mutants.mutant import Guard, cut, gone, instead, never, of

HOLD = "reauthentication.require_live_session(ctx, owner_id=owner_id, session_id=session_id)"

MUTANTS = (
    *of(
        "services/accounts/password_resets.py",
        "services/accounts/test_password_resets.py services/accounts/test_password_changes.py "
        "services/test_limits.py "
        "scenarios/test_equal_work.py scenarios/test_takeovers.py",
        gone("links an hour", "ctx.rate_limits.spend('forgot_hour', network)"),
        gone("links a day", "ctx.rate_limits.spend('forgot_day', network)"),
        gone(
            "links to an address",
            "address_limits.spend(ctx, 'forgot_address', address.key, network)",
        ),
        gone(
            "as much is done for nobody",
            "outbox.post_decoy(ctx, _letter(ctx, address.address, NOBODY, new_token()))",
        ),
        cut("nobody banned gets a link", ", col(Person.banned_at).is_(None)"),
        cut("nobody banned resets", " or person.banned_at", "reset"),
        gone("tries of links", "ctx.rate_limits.spend('mailed_link', network)", "reset"),
        gone("a reset's link works once", "mailed_links.use(ctx, row)"),
        gone("a reset ends sign-ins", "sessions.end_all(ctx, person_id=person.id, but=but)"),
        gone(
            "a reset ends other links",
            "mailed_links.withdraw(ctx, Purpose.RESET, Purpose.CONFIRM_EMAIL, person_id=person.id)",
        ),
        cut(
            "of two changes at once one wins",
            ", col(Person.password_hash) == person.password_hash",
        ),
        cut("a change asks for the password", ", always=True", "change"),
        gone("whoever changes is still signed in", HOLD, "change"),
        never("another password is another", "chosen == rules.password(current)"),
        gone("a new password is told", "outbox.post(ctx, letter)", "_replace"),
    ),
    *of(
        "services/accounts/mailed_links.py",
        "services/accounts/test_password_resets.py services/accounts/test_email_changes.py "
        "services/accounts/test_links_of_a_change.py",
        Guard(
            "a link expires",
            "MailedLink.purpose == purpose.value, alive)",
            "MailedLink.purpose == purpose.value)",
            also=((", col(MailedLink.expires_at) > ctx.now", ""),),
        ),
        Guard(
            "a link does one thing",
            "return f'mailed link {purpose.value}'",
            "return 'mailed link'",
            also=((", MailedLink.purpose == purpose.value", ""),),
        ),
        never("of several uses at once one wins", "used.rowcount != 1", "use"),
        gone(
            "links to the same address live on",
            "theirs = theirs.where(col(MailedLink.email_key) != but_to)",
        ),
    ),
    *of(
        "services/accounts/email_changes.py",
        "services/accounts/test_email_changes.py services/accounts/test_links_of_a_change.py "
        "scenarios/test_takeovers.py "
        "services/test_limits.py",
        instead(
            "a new address asks for the password",
            "reauthentication.require(ctx, owner_id=owner_id, session_id=session_id, "
            "password=password)",
            "None",
        ),
        gone(
            "new addresses a day",
            "counters.spend(ctx, 'new email', owner_id, limit=ASKED_A_DAY, "
            "period=timedelta(days=1))",
        ),
        gone("whoever asks is still signed in", HOLD),
        never(
            "a new address is another",
            "person is not None and person.email_key == address.key",
        ),
        never(
            "a new address is nobody's",
            "other is not None and (not ctx.settings.hide_registered_emails)",
        ),
        gone(
            "a confirmed address ends other links",
            "mailed_links.withdraw(ctx, Purpose.CONFIRM_EMAIL, Purpose.RESET, person_id=person.id)",
            "confirm",
        ),
        gone("the old address is told", "outbox.post(ctx, _notice(ctx, person, before))"),
        gone(
            "an undone address ends other links",
            "mailed_links.withdraw(ctx, Purpose.CONFIRM_EMAIL, Purpose.RESET, person_id=person.id)",
            "undo",
        ),
        gone(
            "nobody undoes their way past it",
            "mailed_links.withdraw(ctx, Purpose.UNDO_EMAIL, person_id=person.id, "
            "made_since=row.created_at)",
        ),
        cut("an earlier undo lives on", ", made_since=row.created_at"),
        gone("an undo ends sign-ins", "sessions.end_all(ctx, person_id=person.id)"),
        never(
            "a later second factor ends",
            "person.totp_on_at is not None and person.totp_on_at >= row.created_at",
        ),
        cut("an earlier second factor stays", " and person.totp_on_at >= row.created_at"),
        cut("nobody banned changes an address", " or person.banned_at"),
        gone("an address's link works once", "mailed_links.use(ctx, row)"),
        gone("tries of address links", "ctx.rate_limits.spend('mailed_link', network)"),
    ),
    *of(
        "services/accounts/erasures.py",
        "services/accounts/test_erasures.py",
        gone(
            "old erasures go",
            "ctx.db.exec(delete(Erasure).where(col(Erasure.erased_on) < _first_day(ctx)))",
        ),
        instead("a new table empties no log", "(kept | found)", "found", "merge_into_log"),
        instead(
            "a leaping clock empties no log",
            "since=_first_day(ctx) if purged else date.min",
            "since=_first_day(ctx)",
        ),
        instead(
            "a replaced pepper still knows who was erased",
            "each.each_of(PURPOSE, person_id)",
            "[each.of(PURPOSE, person_id)]",
        ),
    ),
    *of(
        "services/accounts/deletions.py",
        "services/accounts/test_erasures.py",
        gone("an erasure is recorded", "erasures.record(ctx, person_id=person_id)"),
        gone("an erasure is mirrored", "erasures.mirror(ctx)", "erase"),
        gone("a due erasure is mirrored", "erasures.mirror(ctx)", "erase_due"),
    ),
    *of(
        "services/accounts/deletions.py",
        "services/accounts/test_deletions.py commands/test_manage.py scenarios/test_takeovers.py",
        never("the username is typed", "rules.username_key(typed) != key"),
        cut("deleting asks always", ", always=True"),
        gone("whoever deletes is still signed in", HOLD, "schedule"),
        gone("a deletion ends sign-ins", "sessions.end_all(ctx, person_id=owner_id)", "schedule"),
        gone("whoever chooses is still signed in", HOLD, "_chosen_for"),
        gone(
            "leaving ends sign-ins", "sessions.end_all(ctx, person_id=owner_id)", "leave_as_planned"
        ),
        never(
            "an account is kept once",
            "db.exec(update(Person).where(*leaving).values(leaves_at=None)).rowcount != 1",
            "keep",
        ),
        never("a kept account is not left", "leaves_at is None", "leave_as_planned"),
        gone("a deletion is told", "outbox.post(ctx, _notice(ctx, person, leaves_at))"),
        instead(
            "there is a week", "LEAVES_AFTER = timedelta(days=7)", "LEAVES_AFTER = timedelta(6)"
        ),
        instead(
            "the log is emptied at a deletion",
            "return truncate_wal(ctx.db)",
            "return True",
            "erase",
        ),
        gone("the log is emptied every time", "truncate_wal(ctx.db)", "erase_due"),
        gone("an account's key goes first", "inbox_keys.forget(ctx, person_id=person_id)"),
        cut("an account without its key can't be kept", ", has_key", "_chosen_for"),
        gone("waiting mails go", "outbox.forget(ctx, addresses)"),
        gone("mails in the folder go", "mailer.forget(ctx.settings, addresses)"),
        gone(
            "sign-ups go",
            "sign_ups.forget(ctx, *db.exec(select(SignUp).where(or_(*theirs))).all())",
        ),
        cut("whoever came back is not erased", ", is_due", "erase_due"),
        instead(
            "only who is due is erased",
            "is_due = col(Person.leaves_at) <= ctx.now",
            "is_due = col(Person.leaves_at).is_not(None)",
        ),
    ),
    *of(
        "services/accounts/exports.py",
        "services/accounts/test_exports.py web/test_export.py services/test_limits.py",
        gone(
            "a download asks for the password",
            "reauthentication.require(ctx, owner_id=owner_id, session_id=session_id, "
            "password=password)",
            "begin",
        ),
        gone("downloads an hour", "ctx.rate_limits.spend('export', owner_id)"),
        instead(
            "a download is one's own",
            "newest(self._owner_id, folders.PLACES",
            "newest(Message.person_id, folders.PLACES",
        ),
        gone(
            "a download ends with its sign-in",
            "sessions.current(ctx, session_id=export.session_id)",
        ),
        cut("all files tell of the same messages", "col(Message.sent_at) <= self._until"),
    ),
    *of(
        "services/accounts/export_files.py",
        "services/accounts/test_exports.py",
        instead(
            "no cell begins a formula",
            'f"\'{safe}" if safe.startswith(FORMULA) else safe',
            "safe",
        ),
        instead("no formula within a cell", 'FORMULA_INSIDE.sub("\\\\1\'", text)', "text"),
    ),
    *of(
        "commands/manage.py",
        "commands/test_manage.py",
        never("a deletion is confirmed", "not yes"),
        never("the right name is typed", "typed.strip() != username"),
    ),
)
