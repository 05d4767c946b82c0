"""Erasures: each erased account leaves a keyed digest for 90 days, in the table and the log."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select, update

import anonmsg
from anonmsg.database.tables import Erasure, Person
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.keys import Digests
from anonmsg.services import purge_clock, purges
from anonmsg.services.accounts import deletions, erasures
from tests import factories
from tests.fakes import Clock

TODAY = date(2026, 3, 4)


def due(ctx: Context) -> None:
    with ctx.writing() as db:
        db.exec(update(Person).values(leaves_at=ctx.now))


def by_the_operator(ctx: Context, person: Person) -> None:
    deletions.erase(ctx, person_id=person.id)


def when_the_week_is_over(ctx: Context, person: Person) -> None:
    due(ctx)
    deletions.erase_due(ctx)


def by_the_purge(ctx: Context, person: Person) -> None:
    due(ctx)
    purges.purge_if_trusted(ctx, ticks=purge_clock.Ticks())


def in_table(ctx: Context) -> erasures.Erasures:
    with ctx.reading():
        return erasures.recorded(ctx)


def in_log(ctx: Context) -> erasures.Erasures:
    return erasures.log_in(ctx.settings.data_dir)


@pytest.mark.parametrize("erase", [by_the_operator, when_the_week_is_over, by_the_purge])
def test_every_way_of_erasing_an_account_is_recorded(
    ctx: Context, erase: Callable[[Context, Person], None]
) -> None:
    ada = factories.person(ctx, "ada")
    erase(ctx, ada)
    assert in_table(ctx) == in_log(ctx)
    assert [*in_table(ctx).values()] == [TODAY]
    assert erasures.is_among(in_table(ctx), ada.id, ctx.keyring.digests)
    assert not erasures.is_among(in_table(ctx), "another", ctx.keyring.digests)


def test_people_are_deleted_in_one_place_which_records_it() -> None:
    places = []
    for file in Path(anonmsg.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("delete"):
                of_people = any("person" in ast.unparse(each).lower() for each in node.args)
                places += [file.stem] if of_people else []
    assert places == ["deletions"]
    source = inspect.getsource(deletions._erase)
    assert source.index("delete(Person)") < source.index("erasures.record(")


def test_neither_names_the_account(ctx: Context) -> None:
    ada = factories.person(ctx, "ada")
    deletions.erase(ctx, person_id=ada.id)
    log = erasures.file_in(ctx.settings.data_dir)
    (line,) = log.read_text().splitlines()
    assert ada.id not in line
    assert line.startswith("2026-03-04 ")
    assert log.stat().st_mode & 0o777 == 0o600
    other = Digests("another pepper, with which nothing here was made")
    assert not erasures.is_among(in_table(ctx), ada.id, other)


def test_what_cannot_be_recorded_is_not_erased(ctx: Context) -> None:
    ada = factories.person(ctx, "ada")
    with ctx.writing() as db:
        db.execute(
            text(
                "CREATE TRIGGER full_disk BEFORE INSERT ON erasures "
                "BEGIN SELECT RAISE(ABORT, 'no room'); END"
            )
        )
    with pytest.raises(IntegrityError, match="no room"):
        deletions.erase(ctx, person_id=ada.id)
    assert in_table(ctx) == in_log(ctx) == {}
    with ctx.reading() as db:
        assert db.get(Person, ada.id) is not None


def test_records_go_after_90_days(ctx: Context, runtime: Runtime, clock: Clock) -> None:
    deletions.erase(ctx, person_id=factories.person(ctx, "ada").id)
    for days, left in ((90, 1), (1, 0)):
        clock.move(days=days)
        with runtime.context() as later:
            purges.purge(later)
            assert len(in_table(later)) == len(in_log(later)) == left


def test_an_empty_database_or_a_leaping_clock_empties_no_log(
    ctx: Context, runtime: Runtime, clock: Clock
) -> None:
    folder = ctx.settings.data_dir
    erasures.merge_into_log(folder, {"a" * 64: TODAY})
    clock.move(days=400)
    with runtime.context() as later:
        deletions.erase(later, person_id=factories.person(later, "ada").id)
        assert len(in_log(later)) == 2
        with later.writing() as db:
            for each in db.exec(select(Erasure)).all():
                db.delete(each)
        erasures.mirror(later)
        assert len(in_log(later)) == 2


def test_a_log_that_cannot_be_written_stops_no_erasure(
    ctx: Context, caplog: pytest.LogCaptureFixture
) -> None:
    erasures.file_in(ctx.settings.data_dir).mkdir()
    deletions.erase(ctx, person_id=factories.person(ctx, "ada").id)
    assert len(in_table(ctx)) == 1
    assert "erasures.log can't be written: Is a directory" in caplog.text


def test_a_line_that_cannot_be_read_is_passed_over(ctx: Context) -> None:
    good = "b" * 64
    erasures.file_in(ctx.settings.data_dir).write_text(
        f"2026-03-04 {good}\nnonsense\n2026-03-04 {good[:10]}\n2026-99-99 {'c' * 64}\n\xff\n"
    )
    assert in_log(ctx) == {good: TODAY}


def test_a_replaced_pepper_still_knows_who_was_erased(ctx: Context) -> None:
    old, new = "the pepper before the rotation", "the pepper after the rotation"
    found = {Digests(old).of(erasures.PURPOSE, "an id"): TODAY - timedelta(days=1)}
    assert erasures.is_among(found, "an id", Digests(new, previous=[old]))
    assert erasures.is_among(found, "an id", Digests(new), Digests(old))
    assert not erasures.is_among(found, "an id", Digests(new))
