"""Settings that a file may hold: NAME_FILE is the path of a file with NAME's value.

Containers and systemd hand out secrets as files, which no other process sees in its
list of environment variables.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from anonmsg.config.kept_secrets import asked, asked_file

# Every setting that is a secret, or an address that may hold a password.
FROM_FILES = (
    *("ACCESS_TOKEN_SECRET", "REFRESH_TOKEN_SECRET", "PEPPER"),
    *("PREVIOUS_ACCESS_TOKEN_SECRET", "PREVIOUS_REFRESH_TOKEN_SECRET", "PREVIOUS_PEPPERS"),
    *("DATABASE_URL", "REDIS_URL", "SMTP_URL", "RESEND_API_KEY", "METRICS_TOKEN"),
)
# Characters; no value is a tenth of that.
LONGEST = 65_536


@dataclass(frozen=True)
class Unusable:
    """A value that couldn't be read, and why; the setting's validator says so."""

    reason: str


def read(*, but: Collection[str] = ()) -> dict[str, str | Unusable]:
    """Return the values that are in files, by the names of the fields.

    Args:
        but: Fields that have a value already.
    """
    return {
        name.lower(): _value(name, asked_file(name))
        for name in FROM_FILES
        if name.lower() not in but and asked_file(name)
    }


def names() -> list[str]:
    """Return the settings that are read from files."""
    return [name for name in FROM_FILES if asked_file(name)]


def _value(name: str, path: str) -> str | Unusable:
    if asked(name):
        return Unusable(f"is set twice, by {name} and by {name}_FILE; remove one of them")
    try:
        with Path(path).open(encoding="utf-8") as file:
            value = file.read(LONGEST + 1)
    except OSError as error:
        return Unusable(f"the file that {name}_FILE names can't be read ({error.strerror})")
    except ValueError:
        return Unusable(f"the file that {name}_FILE names isn't text in UTF-8")
    if len(value) > LONGEST:
        return Unusable(f"the file that {name}_FILE names is too long for a setting")
    # Editors and `echo` end a file with a newline, which no value has.
    return value.rstrip("\r\n") if value.strip() else Unusable(_empty(name))


def _empty(name: str) -> str:
    return f"the file that {name}_FILE names is empty"
