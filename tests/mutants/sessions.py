"""Guards of signing in and staying signed in: passwords, second factors, sessions."""

from __future__ import annotations

from tests.mutants.mutant import Guard, cut, gone, instead, never, of

HOLD = "reauthentication.require_live_session(ctx, owner_id=owner_id, session_id=session_id)"

MUTANTS = (
    *of(
        "services/sessions/sign_ins.py",
        "services/sessions/test_sign_ins.py services/sessions/test_sessions.py "
        "scenarios/test_pepper_replaced.py "
        "services/test_limits.py services/accounts/test_deletions.py "
        "services/accounts/test_password_resets.py",
        gone("sign-ins a minute", "ctx.rate_limits.spend('sign_in_minute', origin)", "sign_in"),
        gone("sign-ins an hour", "ctx.rate_limits.spend('sign_in_hour', origin)", "sign_in"),
        gone("failures count", "ctx.rate_limits.spend_sign_in(named.account, origin)"),
        instead(
            "a failure is counted before the password is compared",
            "    ctx.rate_limits.spend_sign_in(named.account, origin)\n"
            "    found = credentials.authenticate(ctx, named, password)\n",
            "    found = credentials.authenticate(ctx, named, password)\n"
            "    ctx.rate_limits.spend_sign_in(named.account, origin)\n",
        ),
        gone(
            "the right password forgives",
            "ctx.rate_limits.forgive_sign_in(named.account, origin)",
        ),
        gone("the second factor is asked for", "two_factor.check(ctx, person, code)"),
        cut("no password of before signs in", ", col(Person.password_hash) == old_hash"),
        cut("another's new hash is compared", " or (not ctx.passwords.fits(password, found))"),
        instead("a browser's name is short", "label[:60]", "label"),
    ),
    *of(
        "services/sessions/known_browsers.py",
        "services/sessions/test_known_browsers.py",
        cut("a browser is known for one account", " if same(digest, PURPOSE, person_id, known)"),
        cut("a browser is known for somebody", " and person"),
        instead(
            "a known browser keeps its count",
            "_known(ctx, person_id, pairs) or new_id()",
            "new_id()",
        ),
        cut("a browser keeps few accounts", "[:MOST_ACCOUNTS]", "remember"),
    ),
    *of(
        "services/sessions/credentials.py",
        "services/sessions/test_sign_ins.py scenarios/test_equal_work.py",
        never("nobody banned signs in", "person is not None and person.banned_at"),
        instead(
            "by address two are compared",
            "compared = rows if named.is_address else [",
            "compared = [",
        ),
    ),
    *of(
        "security/passwords.py",
        "unit/test_passwords.py scenarios/test_equal_work.py",
        instead(
            "nobody's password is compared as well",
            "made_by, _, hashed = (stored or self._nobody).partition(':')",
            "made_by, _, hashed = (stored or self._nobody).partition(':')\n"
            "        if not stored:\n            return False",
        ),
        cut("the stand-in fits nobody", " and bool(stored)"),
        instead(
            "a password is read whole",
            "self._prehash(password, self.pepper_id)",
            "password[:72].encode('utf-8', 'surrogatepass')",
            "Passwords.hash",
        ),
    ),
    *of(
        "services/sessions/sessions.py",
        "services/sessions/test_sessions.py services/sessions/test_refresh.py "
        "scenarios/test_takeovers.py services/accounts/test_password_changes.py "
        "services/accounts/test_deletions.py",
        never("whoever leaves is asked first", "who.leaves_at is not None", "current"),
        cut("a sign-in that ended is over", "col(SignInSession.ended_at).is_(None), ", "alive"),
        cut("a sign-in expires", "col(SignInSession.expires_at) > ctx.now, ", "alive"),
        cut("nobody banned is signed in", "col(Person.banned_at).is_(None), ", "alive"),
        cut(
            "one signs out one's own browsers",
            "col(SignInSession.person_id) == owner_id, ",
            "end",
        ),
        cut("the browser that asks stays", ", col(SignInSession.id) != but", "end_all"),
    ),
    *of(
        "services/sessions/token_pairs.py",
        "services/sessions/test_sessions.py services/sessions/test_refresh.py",
        cut(
            "a token is exchanged once",
            ", col(SignInSession.generation) == claims.generation",
            "refresh",
        ),
        gone("a replay ends the family", "_end_family(ctx, row)", "refresh"),
        instead(
            "a predecessor works a minute",
            "return young and row.generation == claims.generation + 1",
            "return row.generation == claims.generation + 1",
        ),
        instead(
            "only the predecessor works",
            "return young and row.generation == claims.generation + 1",
            "return young",
        ),
        instead(
            "a sign-in ends after 30 days",
            "min(ctx.now + REFRESH_LIVES, row.created_at + SIGN_IN_LIVES)",
            "ctx.now + REFRESH_LIVES",
            "refresh",
        ),
        instead(
            "a socket's token is of today",
            "return row.id if current else ''",
            "return row.id",
        ),
    ),
    *of(
        "services/sessions/reauthentication.py",
        "services/sessions/test_reauthentication.py scenarios/test_takeovers.py "
        "services/test_limits.py",
        instead(
            "a proof is fresh for five minutes",
            "return row.proved_at is not None and row.proved_at + RECENT_FOR > ctx.now",
            "return True",
        ),
        cut("what always asks asks", " and (not always)"),
        gone("forms with a password count", "ctx.rate_limits.spend('password_form', owner_id)"),
        gone(
            "wrong passwords are counted",
            "counters.spend(ctx, 'proof', owner_id, limit=TRIES, period=TRIES_PERIOD)",
        ),
        gone("the right one is forgiven", "counters.forget(ctx, 'proof', owner_id)"),
        gone("whoever acts is still signed in", "raise NotSignedIn", "require_live_session"),
        cut("a sign-in proves its own owner", ", SignInSession.person_id == owner_id", "_theirs"),
    ),
    *of(
        "services/sessions/two_factor.py",
        "services/sessions/test_two_factor.py scenarios/test_takeovers.py "
        "scenarios/test_ended_meanwhile.py",
        instead(
            "a second factor that is on is asked for",
            "if person.totp_on_at is None:",
            "if True:",
            "check",
        ),
        gone("codes at sign-in are counted", "_count(ctx, person.id)", "check"),
        gone("codes of the settings are counted", "_count(ctx, owner_id)", "turn_on"),
        gone(
            "the right code is forgiven",
            "counters.forget(ctx, 'second factor', person.id)",
            "check",
        ),
        instead(
            "the secret in use is not replaced",
            "totp_secrets.change(ctx, owner_id, ~totp_secrets.IS_ON, totp_sealed=sealed)",
            "totp_secrets.change(ctx, owner_id, col(Person.id) == owner_id, totp_sealed=sealed)",
        ),
        cut("turning off asks always", ", always=True", "turn_off"),
        gone(
            "recovery codes go with it",
            "recovery_codes.withdraw(ctx, person_id=person_id)",
            "disable",
        ),
        gone(
            "its end is told",
            "outbox.post(ctx, letters.two_factor_off(**_about(ctx, person)))",
        ),
        gone("whoever begins is still signed in", HOLD, "begin"),
        gone("whoever turns it on is still signed in", HOLD, "turn_on"),
        gone("whoever turns it off is still signed in", HOLD, "turn_off"),
        gone("whoever makes new codes is still signed in", HOLD, "new_recovery_codes"),
    ),
    *of(
        "services/sessions/totp_secrets.py",
        "services/sessions/test_two_factor.py scenarios/test_takeovers.py "
        "scenarios/test_ended_meanwhile.py",
        cut("a code works once", ", col(Person.totp_step) < step"),
        instead(
            "a secret is of one browser until it is on",
            "return f'second factor of {person_id} begun by {session_id}'",
            "return f'second factor of {person_id} begun'",
        ),
        never("a change is of what was read", "changed.rowcount != 1"),
    ),
    *of(
        "services/sessions/recovery_codes.py",
        "services/sessions/test_two_factor.py",
        gone("codes of before die", "withdraw(ctx, person_id=person_id)", "replace_all"),
        instead("of several at once one wins", "return used.rowcount == 1", "return True"),
        Guard(
            "a recovery code works once",
            "used = ctx.db.exec(delete(RecoveryCode).where(",
            "used = ctx.db.exec(select(RecoveryCode).where(",
            "use",
            also=(("return used.rowcount == 1", "return used.first() is not None"),),
        ),
    ),
    *of(
        "security/totp.py",
        "services/sessions/test_two_factor.py",
        instead("a code is of these minutes", "DRIFT = (-1, 0, 1)", "DRIFT = (-2, -1, 0, 1, 2)"),
    ),
)
