"""What `check-config` finds in the database, and whether the secrets are those of its people."""

from __future__ import annotations

from anonmsg.commands.finding import Finding
from anonmsg.config import SECRET_NAMES, Settings
from anonmsg.database import inspection
from anonmsg.database.inspection import State
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import peppers, token_secrets

SAYS = {
    State.MISSING: "Not there yet; the first start creates it.",
    State.EMPTY: "It opens and is empty; the first start creates the tables.",
    State.BEHIND: "Its tables come from an older version of anonmsg; the next start updates them. "
    "Make a backup first.",
    State.CURRENT: "It opens, and its tables are up to date.",
    State.UNKNOWN: "It opens.",
}
TOO_MANY = (
    "DATABASE_CONNECTIONS: {workers} with {each} connections each may open {all}, but the server "
    "allows {allowed}; lower it, or raise max_connections"
)
LOGS_VALUES = (
    "When a row is refused, PostgreSQL's log repeats its values, such as an email address. Set "
    "log_error_verbosity = terse there."
)


def of_database(settings: Settings) -> list[Finding]:
    """Check the database, and the secrets if its tables can be asked."""
    address, names = inspection.shown(settings.database), frozenset({"DATA_DIR", "DATABASE_URL"})
    try:
        state = inspection.look(settings.database)
        server = inspection.server(settings.database)
    except inspection.CannotOpen as error:
        problem = inspection.CANNOT_OPEN.format(reason=error)
        return [Finding("Database", address, names, problems=(problem,))]
    notes, problems = [SAYS[state]], [inspection.NEWER] if state is State.UNKNOWN else []
    found = [Finding("Database", address, names, tuple(notes), tuple(problems))]
    if server is not None:
        found.append(_server(settings, server))
    if state is State.CURRENT:
        found += _secrets(settings)
    return found


def _server(settings: Settings, server: inspection.Server) -> Finding:
    names = frozenset({"DATABASE_URL", "DATABASE_CONNECTIONS", "WORKERS"})
    most = settings.workers * settings.database_connections
    says = f"up to {most} of the {server.connections} that the server allows"
    notes = [LOGS_VALUES] if server.logs_values else []
    if settings.instances == "several":
        notes.append("Each copy of the app opens as many.")
    problems = []
    if most > server.connections:
        workers = "1 worker" if settings.workers == 1 else f"{settings.workers} workers"
        each, allowed = settings.database_connections, server.connections
        problems.append(TOO_MANY.format(workers=workers, each=each, all=most, allowed=allowed))
    return Finding("Connections", says, names, tuple(notes), tuple(problems))


def _secrets(settings: Settings) -> list[Finding]:
    names = frozenset({"DATA_DIR", "DATABASE_URL", "PREVIOUS_PEPPERS", *SECRET_NAMES})
    runtime = Runtime.of(settings.model_copy(update={"limits": {}}))
    try:
        with runtime.context() as ctx, ctx.reading():
            wrong, others = peppers.problems(ctx), token_secrets.problems(ctx)
            needed = peppers.still_needed(ctx)
    finally:
        runtime.close()
    notes = (_previous_peppers(needed),) if settings.previous_peppers else ()
    return [
        Finding("Pepper", "doesn't match", names, problems=tuple(wrong))
        if wrong
        else Finding("Pepper", "matches the accounts in the database", names, notes),
        *([Finding("Sign-ins", "don't match", names, problems=tuple(others))] if others else []),
    ]


def _previous_peppers(needed: peppers.Needed) -> str:
    if not needed.passwords and not needed.recovery_codes and not needed.inboxes:
        return (
            "No password, recovery code or inbox needs PREVIOUS_PEPPERS any more. You can remove "
            "it seven days after the PEPPER was replaced, when the last emailed link has expired."
        )
    return (
        f"PREVIOUS_PEPPERS is still needed. Passwords waiting for their owners to sign in or "
        f"change them: {needed.passwords}; people with older recovery codes: "
        f"{needed.recovery_codes}; inboxes waiting for the next start: {needed.inboxes}."
    )
