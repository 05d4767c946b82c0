"""Guards of the way to an account: sign-ups, their codes, and the names they hold."""

from __future__ import annotations

from tests.mutants.mutant import cut, gone, instead, never, of

MUTANTS = (
    *of(
        "services/accounts/sign_ups.py",
        "services/accounts/test_sign_ups.py services/test_limits.py scenarios/test_equal_work.py "
        "scenarios/test_hidden_addresses.py scenarios/test_hijacks.py",
        gone("forms are counted", "ctx.rate_limits.spend('sign_up_form', network)"),
        gone("sign-ups an hour", "ctx.rate_limits.spend('sign_up_hour', network)"),
        gone("sign-ups a day", "ctx.rate_limits.spend('sign_up_day', network)"),
        gone("names that are asked for", "ctx.rate_limits.spend('username_check', network)"),
        instead(
            "sign-ups of an address",
            "address_limits.spend(ctx, 'sign_up_address', address.key, network)",
            "pass",
        ),
        instead(
            "an address is counted before the hash",
            "    address_limits.spend(ctx, 'sign_up_address', address.key, network)\n"
            "    hashed = ctx.passwords.hash(chosen)\n",
            "    hashed = ctx.passwords.hash(chosen)\n"
            "    address_limits.spend(ctx, 'sign_up_address', address.key, network)\n",
        ),
        instead(
            "a name that is taken is refused before the hash",
            "[] if is_free else [UsernameTaken()]",
            "[]",
            "_taken",
        ),
        never(
            "an address that is taken is refused before the hash",
            "not ctx.settings.hide_registered_emails",
        ),
        instead("a decoy is one", "decoy=owner is not None", "decoy=False"),
        never("a browser's earlier sign-up goes", "(earlier := of_browser(ctx, browser))"),
        instead(
            "a sign-up lives a day",
            "col(SignUp.browser_digest).in_(digests), alive",
            "col(SignUp.browser_digest).in_(digests)",
        ),
        gone("a forgotten sign-up lets its name go", "usernames.release(ctx, sign_up_id=row.id)"),
    ),
    *of(
        "services/accounts/verifications.py",
        "services/accounts/test_verifications.py services/accounts/test_verification_guesses.py "
        "scenarios/test_hidden_addresses.py scenarios/test_hijacks.py",
        gone(
            "guesses of codes by network", "ctx.rate_limits.spend('code_guess', network)", "by_code"
        ),
        gone(
            "guesses of links by network", "ctx.rate_limits.spend('code_guess', network)", "by_link"
        ),
        gone("a try of a code is counted", "_spend_try(ctx, row, network)", "by_code"),
        gone("a try of a link's password is counted", "_spend_try(ctx, row, network)", "by_link"),
        instead(
            "a try is counted before the code is compared",
            "    _spend_try(ctx, row, network)\n"
            "    fits = ctx.keyring.digests.same(row.code_digest, 'code', row.id, digits)\n"
            "    if not fits or row.decoy:\n        raise IncorrectCode\n",
            "    fits = ctx.keyring.digests.same(row.code_digest, 'code', row.id, digits)\n"
            "    if not fits or row.decoy:\n        raise IncorrectCode\n"
            "    _spend_try(ctx, row, network)\n",
        ),
        cut("no code of a decoy fits", " or row.decoy", "by_code"),
        cut("no link of a decoy fits", " or row.decoy", "by_link"),
        cut("a code has five tries", ", col(SignUp.code_tries) < TRIES_A_CODE"),
        cut("tries are of this code", ", col(SignUp.code_digest) == row.code_digest"),
        gone(
            "an address has 100 tries a day",
            "counters.spend(ctx, 'code', row.email_key, limit=TRIES_A_DAY, "
            "period=timedelta(days=1))",
        ),
        gone(
            "a network has 25 tries a day at an address",
            "ctx.rate_limits.spend('code_guess_address', address, network)",
        ),
        never("a code lives 15 minutes", "_is_late(ctx, row)", "_spend_try"),
        instead("a link lives 15 minutes", "elif _is_late(ctx, row):", "elif False:"),
        never("a link is of one browser", "mine is None or mine.id != row.id"),
        cut("a link is of the browser that began it", " or mine.id != row.id"),
        never(
            "elsewhere the password is compared",
            "not ctx.passwords.fits(typed, row.password_hash)",
        ),
        cut("a link of a day ago is dead", ", alive", "by_link"),
    ),
    *of(
        "services/accounts/address_limits.py",
        "services/test_limits.py",
        cut("a network has a limit at an address", "(f'{name}_network', digest, network), "),
        cut("an address has a limit", ", (name, digest)"),
        never("an address's limit refuses", "refusal is not None"),
    ),
    *of(
        "services/accounts/verification_codes.py",
        "services/accounts/test_sign_ups.py services/accounts/test_verifications.py "
        "services/test_outbox.py scenarios/test_hijacks.py services/sessions/test_sign_ins.py",
        never("a fresh code a minute", "too_soon > timedelta(0)"),
        gone(
            "five fresh codes a day",
            "counters.spend(ctx, 'resend', row.email_key, limit=RESENDS_A_DAY, "
            "period=timedelta(days=1))",
        ),
        gone("the mail of a dead code is wiped", "outbox.withdraw(ctx, sign_up_id=row.id)"),
        never("a decoy's owner gets no code", "not row.decoy", "mail"),
    ),
    *of(
        "services/accounts/people.py",
        "services/accounts/test_people.py services/accounts/test_deletions.py "
        "scenarios/test_hijacks.py services/accounts/test_verifications.py "
        "services/inbox/test_messages.py",
        gone("an address's other sign-ups die", "sign_ups.forget(ctx, *waiting)"),
        instead(
            "only a truth opens an inbox",
            "accepts_messages=accepts is True",
            "accepts_messages=bool(accepts)",
        ),
    ),
    *of(
        "services/accounts/usernames.py",
        "services/accounts/test_usernames.py services/accounts/test_profiles.py "
        "services/accounts/test_sign_ups.py",
        never("a held name is not given", "not took(ctx.db, statement)", "_claim"),
        never("a held name is not moved to", "not took(ctx.db, statement)", "move"),
        cut(
            "a person's name is not released",
            ", col(HeldUsername.person_id).is_(None)",
            "release",
        ),
        cut("a person's name is not extended", ", col(HeldUsername.person_id).is_(None)", "extend"),
    ),
    *of(
        "services/accounts/page_lookup.py",
        "services/accounts/test_page_lookup.py services/accounts/test_profiles.py "
        "services/inbox/test_messages.py",
        cut("nobody banned has a page", "col(Person.banned_at).is_(None), "),
        cut("nobody who leaves has a page", ", col(Person.leaves_at).is_(None)"),
        instead(
            "an old name leads on for a time",
            "_held_until > bindparam('now', type_=UTCDateTime())",
            "_held_until.is_not(None)",
        ),
    ),
    *of(
        "services/accounts/profiles.py",
        "services/accounts/test_profiles.py",
        instead(
            "a name is changed once a week",
            "col(Person.renamed_at) <= ctx.now - RENAME_AFTER",
            "col(Person.renamed_at) <= ctx.now",
        ),
        never("a check tells of a taken name", "not is_free"),
        instead(
            "a check tells of a change this week",
            "person.renamed_at > ctx.now - RENAME_AFTER",
            "person.renamed_at > ctx.now",
            "check_rename",
        ),
    ),
    *of(
        "pages/settings/state.py",
        "pages/test_settings.py",
        instead(
            "a name that is typed on is asked about anew",
            "self.new_username = ''",
            "pass",
            "SettingsState.check_username",
        ),
    ),
)
