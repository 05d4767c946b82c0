"""Keys of inboxes: made with the account, sealed under the PEPPER, first to go."""

from __future__ import annotations

import secrets

import pytest
from pydantic import SecretStr
from sqlmodel import col, delete, select, update

from anonmsg.config import BadSettings
from anonmsg.database.tables import Inbox, InboxKey, Person
from anonmsg.errors import AppError, NotSignedIn, PageNotFound
from anonmsg.mail import mailer
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.inbox_ciphers import InboxCipher
from anonmsg.security.keyring import Keyring
from anonmsg.services import operators, peppers
from anonmsg.services.accounts import deletions
from anonmsg.services.inbox import inbox_keys, slices
from anonmsg.services.sessions import sign_ins
from tests import factories
from tests.factories import NETWORK, PASSWORD
from tests.fakes import Clock
from tests.races import contexts_at_once


def keys(ctx: Context) -> dict[str, InboxKey]:
    with ctx.reading() as db:
        return {row.person_id: row for row in db.exec(select(InboxKey)).all()}


def cipher(ctx: Context, owner_id: str) -> InboxCipher | None:
    with ctx.reading():
        return inbox_keys.of(ctx, owner_id=owner_id)


def texts(ctx: Context, owner: Person) -> list[str]:
    return [each.content for each in slices.inbox(ctx, owner_id=owner.id).messages]


def with_new_pepper(runtime: Runtime) -> None:
    """Use another PEPPER, and keep the one before."""
    was = (runtime.settings.pepper,)
    changed = {"pepper": SecretStr(secrets.token_hex(32)), "previous_peppers": was}
    runtime.settings = runtime.settings.model_copy(update=changed)
    runtime.keyring = Keyring.of(runtime.settings, cost=4)


def without_previous_peppers(runtime: Runtime) -> None:
    """Drop the PEPPERs of before."""
    kept = runtime.settings.model_copy(update={"previous_peppers": ()})
    runtime.keyring = Keyring.of(kept, cost=4)


def test_an_account_has_its_key_and_its_counts_from_the_start(ctx: Context) -> None:
    address = "ada@example.com"
    operators.create_user(ctx, username="ada", email=address, password=PASSWORD)
    with ctx.reading() as db:
        (owner_id,) = db.exec(select(Person.id)).all()
        assert db.exec(select(Inbox.person_id)).all() == [owner_id]
    assert list(keys(ctx)) == [owner_id]
    factories.send(ctx, username="ada", content="hello")
    assert factories.stored(ctx) == ["hello"]


def test_every_key_is_another_and_opens_for_nobody_else(ctx: Context) -> None:
    ada, eve = factories.person(ctx), factories.person(ctx, "eve")
    (message,) = factories.messages(ctx, ada, "hello")
    found = keys(ctx)
    assert found[ada.id].sealed != found[eve.id].sealed
    # Whoever can write to the database swaps the keys, or copies the message.
    assert inbox_keys.opened(ctx.keyring, found[ada.id].sealed, owner_id=eve.id) is None
    with ctx.writing() as db:
        db.exec(
            update(InboxKey)
            .where(col(InboxKey.person_id) == eve.id)
            .values(sealed=found[ada.id].sealed)
        )
    assert cipher(ctx, eve.id) is None
    with pytest.raises(AppError) as refusal:
        factories.send(ctx, username="eve", content="hello")
    assert refusal.value.sentence == "Something went wrong on our end. Try again."
    assert message.content in texts(ctx, ada)


def test_people_of_before_get_their_keys_at_the_start(ctx: Context) -> None:
    people = [factories.person(ctx, f"p{number}") for number in range(5)]
    with ctx.writing() as db:
        db.exec(delete(InboxKey))
        leaving = col(Person.id) == people[0].id
        db.exec(update(Person).where(leaving).values(leaves_at=ctx.now))
    with pytest.raises(PageNotFound):
        factories.send(ctx, username="p1", content="hello")
    peppers.renew(ctx)
    found = keys(ctx)
    assert set(found) == {each.id for each in people[1:]}
    peppers.renew(ctx)
    assert {owner: row.sealed for owner, row in keys(ctx).items()} == {
        owner: row.sealed for owner, row in found.items()
    }
    factories.send(ctx, username="p1", content="hello")


def test_a_new_pepper_seals_the_keys_again(
    runtime: Runtime, ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_keys, "BATCH", 2)
    people = [factories.person(ctx, f"p{number}") for number in range(5)]
    for owner in people:
        factories.messages(ctx, owner, f"to {owner.username}")
    with_new_pepper(runtime)
    with runtime.context() as later:
        # Until the next start the previous PEPPER opens them.
        assert texts(later, people[0]) == ["to p0"]
        with later.reading():
            assert peppers.still_needed(later).inboxes == 5
        peppers.renew(later)
        with later.reading():
            assert peppers.still_needed(later).inboxes == 0
    without_previous_peppers(runtime)
    with runtime.context() as alone:
        assert [texts(alone, owner) for owner in people] == [[f"to p{n}"] for n in range(5)]


def test_keys_are_sealed_again_by_several_processes_at_once(runtime: Runtime, ctx: Context) -> None:
    people = [factories.person(ctx, f"p{number}") for number in range(20)]
    with_new_pepper(runtime)
    assert contexts_at_once(runtime, 4, lambda each, _: inbox_keys.reseal(each)) == [None] * 4
    without_previous_peppers(runtime)
    with runtime.context() as alone:
        assert all(cipher(alone, each.id) for each in people)


def test_a_pepper_that_keys_need_is_missed_at_the_start(runtime: Runtime, ctx: Context) -> None:
    peppers.check(ctx)
    owner = factories.person(ctx)
    with_new_pepper(runtime)
    with runtime.context() as later:
        # The password was used since, but nothing has sealed the key again.
        hashed = later.keyring.passwords.hash(PASSWORD)
        with later.writing() as db:
            db.get_one(Person, owner.id).password_hash = hashed
        peppers.check(later)
    without_previous_peppers(runtime)
    with runtime.context() as alone, pytest.raises(BadSettings) as refusal:
        peppers.check(alone)
    assert refusal.value.problems == [peppers.MISSING_PEPPER.format(people=1)]


@pytest.mark.sqlite_only
def test_the_key_is_gone_even_if_the_deletion_breaks_off(
    runtime: Runtime, ctx: Context, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = factories.person(ctx)
    factories.messages(ctx, ada, "hello")
    tokens = sign_ins.sign_in(ctx, identifier="ada", password=PASSWORD, network=NETWORK)
    session_id = ctx.keyring.tokens.read_access(tokens.access, now=ctx.now)
    sealed = keys(ctx)[ada.id].sealed
    assert sealed in b"".join(
        each.read_bytes() for each in runtime.settings.data_dir.glob("anonmsg.db*")
    )

    def fails(*_: object) -> None:
        raise OSError("the outbox folder can't be cleaned")

    monkeypatch.setattr(mailer, "forget", fails)
    with pytest.raises(OSError, match="outbox"):
        deletions.erase(ctx, person_id=ada.id)
    assert keys(ctx) == {}
    for file in runtime.settings.data_dir.glob("anonmsg.db*"):
        assert sealed not in file.read_bytes()
    assert cipher(ctx, ada.id) is None
    assert texts(ctx, ada) == []
    # It's closed to everyone, and can't be kept any more.
    with pytest.raises(PageNotFound):
        factories.send(ctx, username="ada", content="hello")
    with pytest.raises(NotSignedIn):
        deletions.keep(ctx, owner_id=ada.id, session_id=session_id)
    peppers.renew(ctx)
    assert keys(ctx) == {}
    monkeypatch.undo()
    clock.move(seconds=1)
    with runtime.context() as later:
        deletions.erase_due(later)
        with later.reading() as db:
            assert db.exec(select(Person.id)).all() == []
