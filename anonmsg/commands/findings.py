"""What the settings add up to, in plain words and without any secrets."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from urllib.parse import urlsplit

from anonmsg.commands.database_findings import of_database
from anonmsg.commands.finding import Finding
from anonmsg.config import OF_A_ROTATION, SECRET_NAMES, Settings, kept_secrets, secret_files
from anonmsg.runtime.rate_limits import RateLimits
from anonmsg.runtime.shared import redis_checks
from anonmsg.security.tokens import REFRESH_LIVES
from anonmsg.services.backups import unfinished

NEAR = {"localhost", "127.0.0.1", "::1"}


def findings(settings: Settings) -> list[Finding]:
    """Check everything the settings refer to, without changing any of it."""
    found = [_site(settings), _data(settings), _secrets(settings), *_files()]
    found += of_database(settings)
    if settings.redis_url:
        found.append(_redis(settings))
    return [*found, _mail(settings), _messages(settings), _limits(settings)]


def _site(settings: Settings) -> Finding:
    notes = []
    if settings.is_https:
        notes.append("Sign-in cookies are Secure, and browsers are told to use https only.")
        if not settings.trusted_proxy_hops:
            notes.append(
                "TRUSTED_PROXY_HOPS is 0. If a proxy of yours handles https, set it to 1. "
                "Otherwise all visitors share one rate limit."
            )
    elif urlsplit(settings.site).hostname in NEAR:
        notes.append(
            "Only this machine can open that address. Once people can reach the site, set "
            "PUBLIC_URL to the address they use: links in emails point there."
        )
    else:
        notes.append(
            "Without https, everything can be read in transit, including passwords. Put a proxy "
            "with a certificate in front, and set PUBLIC_URL to its https address."
        )
    return Finding("Site", settings.site, frozenset({"PUBLIC_URL"}), tuple(notes))


def _data(settings: Settings) -> Finding:
    folder = settings.data_dir.absolute()
    existing = next(each for each in (folder, *folder.parents) if each.exists())
    names = frozenset({"DATA_DIR"})
    if interrupted := unfinished.problems(settings.data_dir):
        return Finding("Data", str(settings.data_dir), names, problems=tuple(interrupted))
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        problem = f"DATA_DIR: the user running this can't write to {existing}"
        return Finding("Data", str(settings.data_dir), names, problems=(problem,))
    notes = () if existing == folder else ("Not there yet; the first start creates it.",)
    return Finding("Data", str(settings.data_dir), names, notes)


def _secrets(settings: Settings) -> Finding:
    names = frozenset({"DATA_DIR", *SECRET_NAMES, *OF_A_ROTATION})
    unset = kept_secrets.unset(SECRET_NAMES)
    rotated = _rotated(settings)
    if not unset:
        return Finding("Secrets", "all three are set in the environment or .env", names, rotated)
    file = kept_secrets.file_in(settings.data_dir)
    says = str(file) if len(unset) == 3 else f"{file} ({', '.join(unset)}); the rest are set"
    if not file.exists():
        return Finding("Secrets", says, names, ("Not there yet; the first start creates them.",))
    notes = ("`backup` includes it: without the PEPPER, no password works and no message opens.",)
    return Finding("Secrets", says, names, (*notes, *rotated), _too_open(file))


def _files() -> list[Finding]:
    """Return which settings are read from files of their own, if any."""
    found = secret_files.names()
    says = ", ".join(f"{name} from {kept_secrets.asked_file(name)}" for name in found)
    return [Finding("Files", says, frozenset(found))] if found else []


def _rotated(settings: Settings) -> tuple[str, ...]:
    at = settings.secrets_rotated_at
    if at is None:
        return ()
    note = f"Rotated at {at:%Y-%m-%d %H:%M %Z}. Sign-ins made with the previous secrets are "
    return (f"{note}accepted for {REFRESH_LIVES.days} days after that.",)


def _too_open(file: Path) -> tuple[str, ...]:
    if os.name != "posix" or not stat.S_IMODE(file.stat().st_mode) & 0o077:
        return ()
    return (f"DATA_DIR: other users of this machine can read {file}; run chmod 600 on it",)


def _redis(settings: Settings) -> Finding:
    found = redis_checks.look(settings.redis_url)
    problems = (*found.problems, *filter(None, [found.unreachable]))
    notes = [found.warning] if found.warning else []
    if settings.workers > 1 and settings.database.startswith("sqlite"):
        notes.append(
            "Several workers on SQLite open pages faster and keep messages more slowly than one."
        )
    workers = "1 worker" if settings.workers == 1 else f"{settings.workers} workers"
    says = "can't be used" if problems else f"shared by {workers}"
    names = frozenset({"REDIS_URL", "WORKERS"})
    return Finding("Redis", says, names, tuple(notes), tuple(problems))


def _mail(settings: Settings) -> Finding:
    says, notes = {"outbox": _by_folder, "smtp": _by_smtp, "resend": _by_resend}[
        settings.transport
    ](settings)
    if settings.transport != "outbox":
        notes = [f"Sent from {settings.mail_from}.", *notes]
    names = {"MAIL_TRANSPORT", "MAIL_FROM", "SMTP_URL", "RESEND_API_KEY", "RESEND_API_URL"}
    return Finding("Email", says, frozenset(names), tuple(notes))


def _by_folder(settings: Settings) -> tuple[str, list[str]]:
    notes = ["No email leaves this machine. Open the newest file to read a code."]
    for name, value in (
        ("SMTP_URL", settings.smtp_url),
        ("RESEND_API_KEY", settings.resend_api_key),
    ):
        if value:
            way = name.partition("_")[0].lower()
            notes.append(f"{name} is set but not used; set MAIL_TRANSPORT={way} to use it.")
    return f"written as .eml files to {settings.data_dir / 'outbox'}", notes


def _by_smtp(settings: Settings) -> tuple[str, list[str]]:
    url = settings.smtp
    if url is None:
        return "via SMTP", []
    how = {"tls": "implicit TLS", "starttls": "STARTTLS", "none": "unencrypted"}
    who = "with a user and password" if url.user else "without signing in"
    notes = []
    if url.encryption == "none":
        notes.append(
            "Unencrypted, which is fine: the server is on this machine."
            if url.is_near
            else "Anyone between here and the server can read every email, including codes."
        )
    return f"via SMTP to {url.host}, port {url.port}, {how[url.encryption]}, {who}", notes


def _by_resend(settings: Settings) -> tuple[str, list[str]]:
    notes = []
    if settings.resend_api_url != Settings.model_fields["resend_api_url"].default:
        notes.append(f"RESEND_API_URL is {settings.resend_api_url}, which isn't Resend's own.")
    if "@resend.dev" in settings.mail_from:
        notes.append("From resend.dev, you can only send to your own address. Verify a domain.")
    return "via Resend", notes


def _messages(settings: Settings) -> Finding:
    days = settings.keep_messages_at_most_days
    says = "each owner decides how long they're kept"
    if days:
        says = f"deleted after {days} day{'s' if days > 1 else ''} at the latest"
    return Finding("Messages", says, frozenset({"KEEP_MESSAGES_AT_MOST_DAYS"}))


def _limits(settings: Settings) -> Finding:
    names = frozenset({"LIMITS", "LIMITS_FACTOR"})
    try:
        RateLimits(factor=settings.limits_factor, overrides=settings.limits)
    except ValueError as error:
        return Finding("Limits", "can't be read", names, problems=(str(error),))
    changed = ", ".join(sorted(settings.limits))
    notes = []
    if settings.limits_factor != 1:
        notes.append(
            f"Limits that don't protect a secret are multiplied by {settings.limits_factor:g}, "
            "which is for load tests only."
        )
    return Finding("Limits", f"changed: {changed}" if changed else "defaults", names, tuple(notes))
