"""The check that a database and the PEPPER belong together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import select

from anonmsg.config import BadSettings
from anonmsg.database.tables import Fact
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.keys import Digests
from anonmsg.services import peppers
from tests import factories


def with_another_pepper(runtime: Runtime) -> Runtime:
    runtime.keyring = replace(runtime.keyring, digests=Digests("another pepper of the tests"))
    return runtime


def check(runtime: Runtime) -> None:
    with runtime.context() as ctx:
        peppers.check(ctx)


def test_people_of_another_pepper_stop_the_start(runtime: Runtime, ctx: Context) -> None:
    check(runtime)
    factories.person(ctx)
    with pytest.raises(BadSettings) as refusal:
        check(with_another_pepper(runtime))
    assert refusal.value.problems == [peppers.WRONG_PEPPER]
    assert "secrets.env" in str(refusal.value)


def test_people_of_an_unknown_pepper_stop_the_start(runtime: Runtime, ctx: Context) -> None:
    factories.person(ctx)
    with pytest.raises(BadSettings):
        check(runtime)


def test_a_refused_start_does_not_make_the_wrong_pepper_the_right_one(
    runtime: Runtime, ctx: Context
) -> None:
    check(runtime)
    factories.person(ctx)
    right = runtime.keyring
    with_another_pepper(runtime)
    for _ in range(2):
        with pytest.raises(BadSettings):
            check(runtime)
    runtime.keyring = right
    check(runtime)


def test_a_second_copy_with_another_pepper_never_starts(runtime: Runtime) -> None:
    check(runtime)
    runtime.settings = runtime.settings.model_copy(update={"instances": "several"})
    check(runtime)
    with pytest.raises(BadSettings):
        check(with_another_pepper(runtime))


def test_the_right_pepper_starts_again_and_again(runtime: Runtime, ctx: Context) -> None:
    check(runtime)
    factories.person(ctx)
    check(runtime)
    with ctx.reading() as db:
        (fact,) = db.exec(select(Fact)).all()
    assert runtime.settings.pepper.get_secret_value() not in fact.value


def test_without_people_a_pepper_may_be_another(runtime: Runtime, ctx: Context) -> None:
    check(runtime)
    check(with_another_pepper(runtime))
    factories.person(ctx)
    check(runtime)
