"""Which secrets an installation has after a restore.

The PEPPER and the previous ones decide: without those of the backup, no password in it
works. Where the present ones include them, they stay, and so do the token secrets, which
may have been replaced because they leaked.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from anonmsg.config import (
    OF_A_ROTATION,
    PEPPER,
    PREVIOUS_PEPPERS,
    ROTATED_NAMES,
    SECRET_NAMES,
)
from anonmsg.services.backups.refused import BackupRefused

NONE_ANYWHERE = (
    "The backup was made without a passphrase, so it holds no secrets, and {names} can't be found "
    "here either. Put the secrets.env that belongs to it into the data folder first: without its "
    "PEPPER, no password works."
)
OTHERS = (
    "The PEPPER in the backup isn't one of those used here, so passwords made with one of them "
    "wouldn't work. To use the backup's secrets instead of {file}, add --replace-secrets."
)
SET_BY_HAND = (
    "The PEPPER in the backup isn't one of those used here, and {names} in the environment or "
    ".env, which this command doesn't change. Remove it there, and run the restore again with "
    "--replace-secrets."
)


class SecretsDiffer(BackupRefused):
    """Raised when it isn't clear which secrets are right."""


@dataclass(frozen=True)
class Present:
    """The secrets of an installation.

    Attributes:
        values: Those that are set or kept, by name.
        by_hand: The names of those that are set in the environment or `.env`.
        file: Where the others are kept.
    """

    values: dict[str, str]
    by_hand: frozenset[str]
    file: str


@dataclass(frozen=True)
class Chosen:
    """The secrets after a restore.

    Attributes:
        values: All of them, by name.
        written: Those that go into the file.
        is_instead: Whether they replace all that the file holds.
        peppers: Every PEPPER that may have made something, the right one first.
    """

    values: dict[str, str]
    written: dict[str, str] = field(default_factory=dict)
    is_instead: bool = False
    peppers: tuple[str, ...] = ()


def choose(present: Present, archived: dict[str, str] | None, *, replace: bool) -> Chosen:
    """Choose the secrets.

    Args:
        present: The installation's.
        archived: The backup's, or None if it holds none.
        replace: Whether the operator wants the backup's where they differ.

    Raises:
        SecretsDiffer: there are none, or others.
    """
    missing = [name for name in SECRET_NAMES if name not in present.values]
    if archived is None:
        if missing:
            raise SecretsDiffer(NONE_ANYWHERE.format(names=" and ".join(missing)))
        return Chosen(present.values, peppers=peppers_of(present.values))
    now, then = peppers_of(present.values), peppers_of(archived)
    if not now or set(then) <= set(now):
        return _with_missing(present, archived, missing)
    if not replace:
        raise SecretsDiffer(OTHERS.format(file=present.file))
    if by_hand := present.by_hand & {PEPPER, PREVIOUS_PEPPERS}:
        names = " and ".join(sorted(by_hand))
        verb = "are set" if len(by_hand) > 1 else "is set"
        raise SecretsDiffer(SET_BY_HAND.format(names=f"{names} {verb}"))
    written = {name: value for name, value in archived.items() if name not in present.by_hand}
    set_by_hand = {name: present.values[name] for name in present.by_hand}
    return Chosen(set_by_hand | written, written, is_instead=True, peppers=(*then, *now))


def peppers_of(values: dict[str, str]) -> tuple[str, ...]:
    """Return the PEPPER and the previous ones, newest first; none if there is no PEPPER."""
    if PEPPER not in values:
        return ()
    return values[PEPPER], *json.loads(values.get(PREVIOUS_PEPPERS, "[]"))


def _with_missing(present: Present, archived: dict[str, str], missing: list[str]) -> Chosen:
    """Add the backup's where there are none."""
    names = set(missing)
    if PEPPER in names:
        names.add(PREVIOUS_PEPPERS)
    if set(ROTATED_NAMES) <= names:
        names.update(OF_A_ROTATION)
    wanted = names - present.by_hand
    written = {name: value for name, value in archived.items() if name in wanted}
    values = present.values | written
    return Chosen(values, written, peppers=peppers_of(values))
