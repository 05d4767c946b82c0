"""Guards of what happens when something fails: the disk, the database, mail or the clock."""

from __future__ import annotations

from tests.mutants.mutant import Mutant, cut, gone, instead, never, of

MUTANTS: tuple[Mutant, ...] = (
    *of(
        "runtime/incidents.py",
        "unit/test_incidents.py",
        instead("a failure is logged once", "if not number:", "if True:"),
        instead("an incident has no words", "kind_of(exception), ", "exception, "),
    ),
    *of(
        "framework/answers.py",
        "framework/test_answers.py",
        cut("only a failure is loaded again", " in self._loads"),
        instead(
            "nothing answers the answer", "except Exception as error:", "except KeyError as error:"
        ),
    ),
    *of(
        "framework/recovery.py",
        "framework/test_answers.py",
        cut("a tab waits for the database", " and await _is_well()"),
        instead("a tab is loaded ever more rarely", "2.0 ** times", "0.0"),
        instead(
            "a closed tab waits for nothing",
            "if connections.get(tab.connection_id) is not None:",
            "if True:",
        ),
    ),
    *of(
        "web/use_cases.py",
        "web/test_failures.py",
        instead("what fails is a refusal", "failure_of(error)", "error"),
    ),
    *of(
        "web/failures.py",
        "web/test_failures.py",
        never("half a response is no response", "has_begun"),
        instead(
            "breaking off is no error", "except ClientDisconnect:", "except KeyboardInterrupt:"
        ),
    ),
    *of(
        "framework/logs.py",
        "web/test_failures.py",
        gone(
            "a parser of forms says nothing",
            "logging.getLogger(FORM_PARSER).setLevel(logging.CRITICAL + 1)",
        ),
    ),
    *of(
        "services/purge_clock.py",
        "services/test_purge_clock.py",
        never("a clock that went back waits", "last and now < last.at - TOLERANCE"),
        never("a clock that leaped waits", "abs(drift) > TOLERANCE"),
        never("more than a day's worth waits", "last and now - last.at > MOST_AT_ONCE"),
        instead("what waits goes on waiting", "last.waits_until if last else None", "None"),
    ),
    *of(
        "services/purges.py",
        "services/test_purge_clock.py",
        never("a purge asks the clock", "not is_alone or purge_clock.look(ctx, drift=drift)"),
        instead("a process knows its own leap", "ticks.drift(ctx.now)", "ticks.drift(ctx.now) * 0"),
    ),
    *of(
        "database/engine.py",
        "database/test_open_file.py",
        gone("nothing is kept in a file that is gone", "open_file.check()", inside="writing"),
        gone(
            "a new connection opens no other file",
            "self._open_file.check()",
            inside="Database._prepare_sqlite",
        ),
    ),
    *of(
        "database/open_file.py",
        "database/test_open_file.py",
        instead("another file is another", "found != self._opened", "found is None"),
        instead("no file is no file", "found != self._opened", "found and found != self._opened"),
    ),
    *of(
        "mail/conversations.py",
        "mail/test_smtp.py",
        instead(
            "a conversation has an end",
            "self._is_over.wait(seconds)",
            "self._is_over.wait(seconds + 20)",
        ),
        cut(
            "what is left behind is shut", "for each in self._sockets:\n                _shut(each)"
        ),
    ),
    *of(
        "mail/resend_client.py",
        "mail/test_mail.py",
        instead("a request has an end", ".within(WAITS * self._timeout)", ".within(20)"),
    ),
    *of(
        "mail/smtp_reasons.py",
        "mail/test_smtp.py",
        cut("only a recipient's refusal is final", "trouble is Trouble.RECIPIENT and "),
        cut("a policy is not about an address", " and (not POLICY.search(said))"),
        cut("a sender's address is not the recipient's", " and detail not in ABOUT_THE_SENDER"),
    ),
    *of(
        "background.py",
        "services/test_background.py",
        gone("mail does not hold up the end", "conversations.cut_all()"),
        gone("nothing holds up the end", "_end_in_any_case()", inside="running_or_exit"),
    ),
)
