"""Which column a rejected row duplicates, as reported by SQLite and by PostgreSQL."""

from __future__ import annotations

import pytest
from psycopg import errors
from psycopg.pq import DiagnosticField
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from anonmsg.database.constraints import duplicate_column
from anonmsg.database.tables import HeldUsername, MailedLink, Message, Person, SignUp
from anonmsg.runtime.context import Context
from tests import factories
from tests.broken import refuse_rows


def another(ctx: Context, **fields: object) -> Person:
    """A unique person, except for the given fields."""
    unlike = {"username": "grace", "username_key": "grace", "password_hash": "x"}
    unlike |= {"email": "grace@example.com", "email_key": "grace@example.com"}
    return Person(**unlike | {"created_at": ctx.now} | fields)


def sign_up(ctx: Context, **fields: object) -> SignUp:
    """A unique sign-up, except for the given fields."""
    unlike = dict.fromkeys(("username", "username_key", "email", "email_key"), "a")
    unlike |= {"password_hash": "x", "browser_digest": "b", "code_digest": "c", "link_digest": "l"}
    return SignUp(**unlike | {"code_made_at": ctx.now, "created_at": ctx.now} | fields)


def refused(ctx: Context, *rows: SQLModel) -> IntegrityError:
    """Why the database refuses the last of the given rows."""
    with ctx.writing() as db:
        db.add_all(rows[:-1])
    with pytest.raises(IntegrityError) as error, ctx.writing() as db:
        db.add(rows[-1])
    return error.value


def of_postgresql(kind: type[errors.Error], table: str, constraint: str) -> IntegrityError:
    """What SQLAlchemy raises for a psycopg error that names its table and constraint."""
    told = {
        DiagnosticField.TABLE_NAME: table.encode(),
        DiagnosticField.CONSTRAINT_NAME: constraint.encode(),
    }
    return IntegrityError("INSERT", {}, kind("refused", info=told))


@pytest.mark.parametrize("column", ["email_key", "username_key"])
def test_what_only_one_person_can_have_is_told(ctx: Context, column: str) -> None:
    ada = factories.person(ctx)
    error = refused(ctx, another(ctx, **{column: getattr(ada, column)}))
    assert duplicate_column(error) == f"people.{column}"


def test_a_value_that_looks_like_a_column_is_not_taken_for_it(ctx: Context) -> None:
    taken = "people.email_key"
    factories.person(ctx, taken)
    assert duplicate_column(refused(ctx, another(ctx, username_key=taken))) == "people.username_key"


def test_a_repeated_primary_key_is_told(ctx: Context) -> None:
    ada = factories.person(ctx)
    assert duplicate_column(refused(ctx, HeldUsername(username_key="ada"))) == "names.username_key"
    assert duplicate_column(refused(ctx, another(ctx, id=ada.id))) == "people.id"


def test_a_column_of_another_table_is_told_with_its_table(ctx: Context) -> None:
    rows = sign_up(ctx), sign_up(ctx, link_digest="other")
    assert duplicate_column(refused(ctx, *rows)) == "sign_ups.browser_digest"


def test_a_constraint_that_is_about_no_repeated_value_has_no_column(ctx: Context) -> None:
    nobodys = Message(person_id="nobody", content="hello", sent_at=ctx.now)
    assert duplicate_column(refused(ctx, nobodys)) == ""
    assert duplicate_column(refused(ctx, another(ctx, password_hash=None))) == ""
    refuse_rows(ctx, "people", "UNIQUE constraint failed: people.email_key")
    assert duplicate_column(refused(ctx, another(ctx))) == ""


def test_several_columns_together_are_none(ctx: Context) -> None:
    owner = factories.person(ctx)
    with ctx.writing() as db:
        db.exec(text("CREATE UNIQUE INDEX two ON mailed_links (person_id, purpose)"))
    link = {"purpose": "p", "person_id": owner.id, "created_at": ctx.now, "expires_at": ctx.now}
    rows = (MailedLink(digest=each, **link) for each in "ab")
    assert duplicate_column(refused(ctx, *rows)) == ""


@pytest.mark.parametrize(
    ("table", "constraint", "column"),
    [
        ("people", "people_email_key_key", "people.email_key"),
        ("people", "people_username_key_key", "people.username_key"),
        ("people", "people_pkey", "people.id"),
        ("names", "names_pkey", "names.username_key"),
        ("sign_ups", "sign_ups_link_digest_key", "sign_ups.link_digest"),
        ("people", "people_email_key", "people.email"),
        ("people", "an_index_of_the_operators", ""),
        ("another_table", "another_table_pkey", ""),
        ("", "", ""),
    ],
)
def test_a_constraint_of_postgresql_is_known_by_its_name(
    table: str, constraint: str, column: str
) -> None:
    error = of_postgresql(errors.UniqueViolation, table, constraint)
    assert duplicate_column(error) == column


@pytest.mark.parametrize(
    "kind",
    [errors.ForeignKeyViolation, errors.NotNullViolation, errors.CheckViolation],
)
def test_another_violation_of_postgresql_has_no_column(kind: type[errors.Error]) -> None:
    assert duplicate_column(of_postgresql(kind, "people", "people_email_key_key")) == ""


def test_an_error_that_tells_nothing_has_no_column() -> None:
    assert duplicate_column(IntegrityError("INSERT", {}, errors.UniqueViolation("refused"))) == ""
    assert duplicate_column(IntegrityError("INSERT", {}, Exception("people.email_key"))) == ""
