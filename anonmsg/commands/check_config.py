"""`check-config`: shows what the settings add up to and lists every problem."""

from __future__ import annotations

import sys
import textwrap

import click

from anonmsg import rules
from anonmsg.commands.advice import advice
from anonmsg.commands.finding import Finding
from anonmsg.commands.findings import findings
from anonmsg.commands.socket_trial import try_socket
from anonmsg.config import OF_A_ROTATION, SECRET_NAMES, BadSettings, Settings, load
from anonmsg.errors import InvalidEmail
from anonmsg.mail import letters
from anonmsg.mail.mailer import MailRefused, mailer_from
from anonmsg.security.codes import new_id

WIDTH = 88
INDENT = " " * 12
# If one of these is bad, the outbox stands in for it, so the rest can still be checked.
ABOUT_MAIL = {"MAIL_TRANSPORT", "MAIL_FROM", "SMTP_URL", "RESEND_API_KEY", "RESEND_API_URL"}


@click.command("check-config")
@click.option("--mail", metavar="YOU@EXAMPLE.COM", help="Send a test email to this address.")
@click.option("--socket", is_flag=True, help="Open a WebSocket to PUBLIC_URL, as browsers do.")
def check_config(mail: str | None, *, socket: bool) -> None:
    """Check the settings and list every problem.

    Changes nothing and shows no secrets. Exits with 0 if everything is fine,
    otherwise with 1.
    """
    settings, problems = _settings()
    bad = {problem.partition(":")[0] for problem in problems}
    if settings is not None:
        for finding in findings(settings):
            if bad & finding.settings:
                click.echo(_titled(finding.title, "see the problems below"))
            else:
                _show(finding)
                problems += finding.problems
    _list_problems(problems)
    was_sent = mail is None or _send_test_email(None if bad & ABOUT_MAIL else settings, mail)
    opens = not socket or _opens(None if bad & {"PUBLIC_URL"} else settings)
    sys.exit(1 if problems or not was_sent or not opens else 0)


def _settings() -> tuple[Settings | None, list[str]]:
    """Load the settings and their problems, with stand-ins for the bad ones."""
    try:
        return load(secrets_are_made=False), []
    except BadSettings as error:
        problems = list(error.problems)
    except OSError as error:
        return None, [f"DATA_DIR: its secrets can't be read ({error.strerror})"]
    try:
        return load(secrets_are_made=False, **_stand_ins(problems)), problems
    except BadSettings:
        return None, problems


def _stand_ins(problems: list[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in (problem.partition(":")[0] for problem in problems):
        field = Settings.model_fields.get(name.lower())
        if name in SECRET_NAMES:
            # Only has to pass validation: findings that need the real secret are skipped.
            found[name.lower()] = f"{name} 0123456789 abcdefghijklmnop"
        elif name in OF_A_ROTATION:
            # They're only valid together, so all of them go.
            found |= {each.lower(): None for each in OF_A_ROTATION}
        elif field is not None:
            found[name.lower()] = field.default
        if name in ABOUT_MAIL:
            found["mail_transport"] = "outbox"
    return found


def _show(finding: Finding) -> None:
    click.echo(_titled(finding.title, finding.says))
    for note in finding.notes:
        click.echo(_wrapped(note, INDENT))


def _titled(title: str, says: str) -> str:
    return f"{title:<{len(INDENT)}}{says}"


def _list_problems(problems: list[str]) -> None:
    click.echo()
    if not problems:
        click.echo("No problems found.")
        return
    many = len(problems) > 1
    click.echo(f"{len(problems)} problems found:" if many else "1 problem found:")
    for problem in problems:
        click.echo(_wrapped(problem, "    ", first="  - "))


def _send_test_email(settings: Settings | None, address: str) -> bool:
    """Send the test email, report the outcome, and return whether it was accepted."""
    click.echo()
    try:
        to = rules.email(address).address
    except InvalidEmail:
        click.echo("No test email was sent: the value of --mail isn't an email address.")
        return False
    if settings is None:
        click.echo("No test email was sent. Fix the settings first.")
        return False
    letter = letters.test_mail(to=to, site=settings.site)
    try:
        mailer_from(settings).deliver(letter, idempotency_key=new_id())
    except MailRefused as refusal:
        click.echo(f"The test email couldn't be sent. {refusal}")
        click.echo(_wrapped(advice(refusal.trouble, settings), ""))
        return False
    click.echo(_wrapped(_sent_message(settings), ""))
    return True


def _opens(settings: Settings | None) -> bool:
    """Try a WebSocket, report the outcome, and return whether it opened."""
    click.echo()
    if settings is None:
        click.echo("No WebSocket was tried. Fix the settings first.")
        return False
    outcome = try_socket(settings.site)
    click.echo(_wrapped(outcome.says, ""))
    return outcome.is_fine


def _sent_message(settings: Settings) -> str:
    if settings.transport == "outbox":
        folder = settings.data_dir / "outbox"
        return (
            f"The test email was written to {folder}, because MAIL_TRANSPORT is outbox. Nobody "
            "receives it. Set MAIL_TRANSPORT to smtp or resend to send real email."
        )
    return (
        "The test email was sent. If it doesn't arrive within a few minutes, check your spam "
        "folder, then your email service's log."
    )


def _wrapped(words: str, indent: str, *, first: str | None = None) -> str:
    return textwrap.fill(
        words,
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
