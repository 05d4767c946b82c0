"""Makes `first_release.sql`, with the code of the first release itself.

Needed only if the file is lost. From the root of a checkout:

    git worktree add /tmp/first a60a791
    cd /tmp/first && PYTHONPATH=. python <this file> > <checkout>/tests/releases/first_release.sql

The imports below are therefore those of that release, not of today's code.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from anonmsg.config import load
from anonmsg.context import Runtime
from anonmsg.db import Database
from anonmsg.limiter import Limiter
from anonmsg.services import deletions, messages, peppers, sign_ins, token_pairs, verifications
from anonmsg.vault import Vault
from tests import factories
from tests.factories import NETWORK, PASSWORD
from tests.fakes import Clock, FakeMailer

SECRETS = {
    "access_token_secret": "the access secret of the first release",
    "refresh_token_secret": "the refresh secret of the first release",
    "pepper": "the pepper of the first release 0123456789",
}


def made(folder: Path) -> dict[str, object]:
    """Fill a database by the use cases; returns what only their people know."""
    clock, mailer = Clock(datetime(2026, 3, 4, 12, 30, 15, 123456, UTC)), FakeMailer()
    settings = load(data_dir=folder, public_url="http://localhost:3000", **SECRETS)
    database = Database(settings.database)
    database.migrate()
    limiter = Limiter(clock=clock.seconds)
    runtime = Runtime(settings, database, mailer, Vault.of(settings, cost=4), limiter, clock=clock)
    with runtime.context() as ctx:
        peppers.check(ctx)
        browser = factories.sign_up(ctx, "Ada")
        verifications.by_code(ctx, browser=browser, code=mailer.last_code(), network=NETWORK)
        for number in range(3):
            messages.send(ctx, username="ada", content=f"Message {number}", network=NETWORK)
        messages.send(ctx, username="ada", content="اردو میں 🙂", key="a retry", network=NETWORK)
        pair = sign_ins.sign_in(ctx, identifier="ada", password=PASSWORD, network=NETWORK)
        bob = factories.person(ctx, "bob")
        app, codes = factories.second_factor(ctx, bob)
        cyd = factories.person(ctx, "cyd")
        messages.send(ctx, username="cyd", content="For someone who leaves", network=NETWORK)
        theirs = sign_ins.sign_in(ctx, identifier="cyd", password=PASSWORD, network=NETWORK)
        session = token_pairs.sign_in_id(ctx, theirs.access)
        deletions.schedule(
            ctx, owner_id=cyd.id, sign_in_id=session, password=PASSWORD, username="cyd"
        )
        pending = factories.sign_up(ctx, "dan")
        code = mailer.last_code()
    runtime.close()
    return {
        "refresh": pair.refresh,
        "totp": app.secret,
        "recovery_code": codes[0],
        "browser": pending,
        "code": code,
        "secrets": SECRETS,
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        known = made(Path(folder))
        sys.stdout.write(f"-- {json.dumps(known)}\n")
        db = sqlite3.connect(Path(folder) / "anonmsg.db")
        sys.stdout.writelines(f"{line}\n" for line in db.iterdump())
        db.close()
