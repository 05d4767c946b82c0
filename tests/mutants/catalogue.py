"""All mutants."""

from __future__ import annotations

from tests.mutants import (
    accounts,
    backups,
    door,
    failures,
    forms,
    inbox,
    notifications,
    plumbing,
    postgresql,
    sessions,
    sign_ups,
)
from tests.mutants.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    *door.MUTANTS,
    *forms.MUTANTS,
    *sign_ups.MUTANTS,
    *sessions.MUTANTS,
    *accounts.MUTANTS,
    *backups.MUTANTS,
    *inbox.MUTANTS,
    *notifications.MUTANTS,
    *plumbing.MUTANTS,
    *failures.MUTANTS,
    *postgresql.MUTANTS,
)
