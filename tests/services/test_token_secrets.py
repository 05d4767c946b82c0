"""The check that every host signs sessions with the same secrets."""

from __future__ import annotations

import pytest
from pydantic import SecretStr
from sqlmodel import select

from anonmsg.config import BadSettings
from anonmsg.database.tables import Fact
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import token_secrets
from anonmsg.services.sessions import sign_ins
from tests import factories

OTHERS = SecretStr("other secrets 0123456789 abcdefghijklmnop")
NAMES = ["ACCESS_TOKEN_SECRET", "REFRESH_TOKEN_SECRET"]


def check(runtime: Runtime) -> None:
    with runtime.context() as ctx:
        token_secrets.check(ctx)


def sign_in(ctx: Context) -> None:
    factories.person(ctx)
    who = {"identifier": "ada", "password": factories.PASSWORD, "network": "n"}
    sign_ins.sign_in(ctx, **who)


def replace(runtime: Runtime, **changed: object) -> None:
    runtime.settings = runtime.settings.model_copy(update=changed)


@pytest.mark.parametrize("name", NAMES)
def test_another_secret_stops_the_start_until_it_is_accepted(
    runtime: Runtime, ctx: Context, name: str
) -> None:
    check(runtime)
    sign_in(ctx)
    check(runtime)
    replace(runtime, **{name.lower(): OTHERS})
    for _ in range(2):
        with pytest.raises(BadSettings) as refusal:
            check(runtime)
        assert refusal.value.problems == [token_secrets.NOT_THEIRS.format(name=name)]
    with runtime.context() as other:
        token_secrets.accept(other)
    check(runtime)


@pytest.mark.parametrize("name", NAMES)
def test_a_rotated_secret_counts(runtime: Runtime, ctx: Context, name: str) -> None:
    check(runtime)
    sign_in(ctx)
    before = getattr(runtime.settings, name.lower())
    replace(runtime, **{name.lower(): OTHERS, f"previous_{name.lower()}": before})
    check(runtime)
    # Another host that was forgotten has only the one from before.
    replace(runtime, **{name.lower(): before, f"previous_{name.lower()}": None})
    with pytest.raises(BadSettings):
        check(runtime)


def test_where_nobody_is_signed_in_one_copy_may_have_others(runtime: Runtime) -> None:
    check(runtime)
    replace(runtime, access_token_secret=OTHERS)
    check(runtime)


def test_a_second_copy_with_others_never_starts(runtime: Runtime) -> None:
    check(runtime)
    replace(runtime, access_token_secret=OTHERS, instances="several")
    with pytest.raises(BadSettings):
        check(runtime)


def test_the_database_holds_neither_secret(runtime: Runtime, ctx: Context) -> None:
    check(runtime)
    with ctx.reading() as db:
        kept = [row.value for row in db.exec(select(Fact)).all()]
    assert len(set(kept)) == 2
    for name in NAMES:
        secret = getattr(runtime.settings, name.lower()).get_secret_value()
        assert not [value for value in kept if secret in value]
