"""`check-config`: what is set, what follows from it, and everything that is wrong."""

from __future__ import annotations

import sys
import textwrap

import click

from anonmsg import rules
from anonmsg.commands.advice import advice
from anonmsg.commands.findings import Finding, findings
from anonmsg.config import OF_A_ROTATION, SECRET_NAMES, BadSettings, Settings, load
from anonmsg.errors import InvalidEmail
from anonmsg.mail import letters
from anonmsg.mail.mailer import MailRefused, mailer_from
from anonmsg.security.codes import new_id

WIDTH = 88
INDENT = " " * 12
# What a bad setting is replaced by, to look at the others all the same.
ABOUT_MAIL = {"MAIL_TRANSPORT", "MAIL_FROM", "SMTP_URL", "RESEND_API_KEY", "RESEND_API_URL"}


@click.command("check-config")
@click.option("--mail", metavar="YOU@EXAMPLE.COM", help="Send a test mail to this address.")
def check_config(mail: str | None) -> None:
    """Say what is set, what follows from it, and everything that is wrong.

    Nothing is changed and no secret is shown. The exit code is 0 when all is
    well, else 1.
    """
    settings, problems = _settings()
    bad = {problem.partition(":")[0] for problem in problems}
    if settings is not None:
        for finding in findings(settings):
            if bad & finding.settings:
                click.echo(_titled(finding.title, "see what is wrong, below"))
            else:
                _show(finding)
                problems += finding.problems
    _tell(problems)
    was_taken = mail is None or _sends(None if bad & ABOUT_MAIL else settings, mail)
    sys.exit(1 if problems or not was_taken else 0)


def _settings() -> tuple[Settings | None, list[str]]:
    """The settings and what is wrong with them; the right ones where some are bad."""
    try:
        return load(secrets_are_made=False), []
    except BadSettings as error:
        problems = list(error.problems)
    except OSError as error:
        return None, [f"DATA_DIR: the secrets in it cannot be read ({error.strerror})"]
    try:
        return load(secrets_are_made=False, **_stand_ins(problems)), problems
    except BadSettings:
        return None, problems


def _stand_ins(problems: list[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in (problem.partition(":")[0] for problem in problems):
        field = Settings.model_fields.get(name.lower())
        if name in SECRET_NAMES:
            # Of no use but to pass: what needs the real one is not looked at.
            found[name.lower()] = f"{name} 0123456789 abcdefghijklmnop"
        elif name in OF_A_ROTATION:
            # One of them without the others would be wrong again.
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


def _tell(problems: list[str]) -> None:
    click.echo()
    if not problems:
        click.echo("Nothing is wrong.")
        return
    many = len(problems) > 1
    click.echo(f"{len(problems)} things are wrong:" if many else "One thing is wrong:")
    for problem in problems:
        click.echo(_wrapped(problem, "    ", first="  - "))


def _sends(settings: Settings | None, address: str) -> bool:
    """Send the test mail, say what became of it, and whether it was taken."""
    click.echo()
    try:
        to = rules.email(address).address
    except InvalidEmail:
        click.echo("No test mail was sent: what follows --mail is not an e-mail address.")
        return False
    if settings is None:
        click.echo("No test mail was sent: mend what is wrong with the settings first.")
        return False
    letter = letters.test_mail(to=to, site=settings.site)
    try:
        mailer_from(settings).deliver(letter, idempotency_key=new_id())
    except MailRefused as refusal:
        click.echo(f"The test mail was not taken. {refusal}")
        click.echo(_wrapped(advice(refusal.trouble, settings), ""))
        return False
    click.echo(_wrapped(_taken(settings), ""))
    return True


def _taken(settings: Settings) -> str:
    if settings.transport == "outbox":
        folder = settings.data_dir / "outbox"
        return (
            f"The test mail was written into {folder}, because MAIL_TRANSPORT is outbox. Nobody "
            "gets it; set MAIL_TRANSPORT to smtp or resend to send real mail."
        )
    return (
        "The test mail was handed over. If it is not there in some minutes, look into the spam "
        "folder, then into the log of your mail service."
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
