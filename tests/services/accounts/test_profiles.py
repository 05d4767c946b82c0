"""Profiles: what people say about themselves, and changing their username."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from anonmsg.database.tables import Message, Person
from anonmsg.errors import (
    AppError,
    InvalidBio,
    InvalidDisplayName,
    InvalidPrompt,
    InvalidUsername,
    NotSignedIn,
    PageNotFound,
    RenamedRecently,
    UsernameTaken,
)
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import purges
from anonmsg.services.accounts import profiles, sign_ups
from tests import factories
from tests.fakes import Clock
from tests.races import contexts_at_once


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def test_what_is_said_is_cleaned_up_and_shown_to_senders(ctx: Context, ada: Person) -> None:
    profiles.describe(
        ctx,
        owner_id=ada.id,
        display_name="  Ada \u202e  Lovelace\n",
        prompt=" Ask me\n\tto count. \u2066",
        bio=" Counting.\r\nThinking.\x07 ",
    )
    page = factories.page(ctx, username="ada")
    assert (page.display_name, page.called) == ("Ada Lovelace", "Ada Lovelace")
    assert (page.prompt, page.bio) == ("Ask me to count.", "Counting.\nThinking.")
    assert ctx.announced == [topics.page_of("ada")]


@pytest.mark.parametrize("nothing", ["", "  ", None, 7, {}, "\u200b\u200b", "\ud800"])
def test_nothing_is_a_choice(ctx: Context, ada: Person, nothing: object) -> None:
    profiles.describe(ctx, owner_id=ada.id, display_name=nothing, prompt=nothing, bio=nothing)
    page = factories.page(ctx, username="ada")
    assert (page.display_name, page.prompt, page.bio, page.called) == ("", "", "", "ada")


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"display_name": "x" * 51}, InvalidDisplayName),
        ({"display_name": "x" * 9000}, InvalidDisplayName),
        ({"prompt": "x" * 81}, InvalidPrompt),
        ({"prompt": "x" * 9000}, InvalidPrompt),
        ({"bio": "x" * 201}, InvalidBio),
        ({"bio": "x" * 9000}, InvalidBio),
    ],
)
def test_what_is_too_long_is_refused_and_changes_nothing(
    ctx: Context, ada: Person, said: dict[str, str], refusal: type[AppError]
) -> None:
    before = {"display_name": "Ada", "prompt": "Ask me", "bio": "Counting"}
    profiles.describe(ctx, owner_id=ada.id, **before)
    with pytest.raises(refusal):
        profiles.describe(ctx, owner_id=ada.id, **(before | said))
    page = factories.page(ctx, username="ada")
    assert (page.display_name, page.prompt, page.bio) == ("Ada", "Ask me", "Counting")


def test_the_old_name_leads_to_the_new_one_for_thirty_days(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    assert profiles.rename(ctx, owner_id=ada.id, username=" Countess ") == "Countess"
    assert factories.page(ctx, username="ada").username == "Countess"
    sent = {"content": "hello", "key": "k" * 43, "network": factories.NETWORK}
    factories.send(ctx, username="ada", **sent)
    with ctx.reading() as db:
        assert db.exec(select(Message.person_id)).all() == [ada.id]
    with pytest.raises(UsernameTaken):
        sign_ups.check_username(ctx, username="ADA", network=factories.NETWORK)
    clock.move(days=30)
    with runtime.context() as later:
        with pytest.raises(PageNotFound):
            factories.page(later, username="ada")
        purges.purge(later)
        sign_ups.check_username(later, username="ada", network=factories.NETWORK)
        assert factories.page(later, username="countess").username == "Countess"


def test_nobody_can_grab_a_name_that_was_given_up(ctx: Context, ada: Person) -> None:
    grace = factories.person(ctx, "grace")
    profiles.rename(ctx, owner_id=ada.id, username="countess")
    for wanted in ("ada", "Countess"):
        with pytest.raises(UsernameTaken):
            profiles.rename(ctx, owner_id=grace.id, username=wanted)
    assert factories.page(ctx, username="grace").username == "grace"


def test_a_name_is_changed_once_in_seven_days(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    profiles.rename(ctx, owner_id=ada.id, username="countess")
    clock.move(days=6)
    with runtime.context() as later, pytest.raises(RenamedRecently) as refused:
        profiles.rename(later, owner_id=ada.id, username="lovelace")
    assert refused.value.wait == timedelta(days=1)
    assert "once every 7 days" in refused.value.sentence
    clock.move(days=1)
    with runtime.context() as later:
        # Back to the name that's still hers.
        profiles.rename(later, owner_id=ada.id, username="ada")
        assert factories.page(later, username="countess").username == "ada"


def test_another_spelling_of_a_name_is_free(ctx: Context, ada: Person) -> None:
    for spelling in ("Ada", "ADA"):
        profiles.rename(ctx, owner_id=ada.id, username=spelling)
        assert factories.page(ctx, username="ada").username == spelling


def test_a_check_of_a_name_changes_nothing_and_says_what_a_change_would(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    factories.person(ctx, "grace")
    profiles.rename(ctx, owner_id=ada.id, username="countess")
    assert profiles.check_rename(ctx, owner_id=ada.id, username="COUNTESS") == ""
    with pytest.raises(UsernameTaken):
        profiles.check_rename(ctx, owner_id=ada.id, username="Grace")
    with pytest.raises(RenamedRecently):
        profiles.check_rename(ctx, owner_id=ada.id, username="lovelace")
    with pytest.raises(InvalidUsername):
        profiles.check_rename(ctx, owner_id=ada.id, username="no spaces")
    with pytest.raises(NotSignedIn):
        profiles.check_rename(ctx, owner_id="x", username="lovelace")
    clock.move(days=7)
    with runtime.context() as later:
        # The name that she gave up is still hers.
        for name in ("Lovelace", "Ada"):
            assert profiles.check_rename(later, owner_id=ada.id, username=name) == name
        assert factories.page(later, username="countess").username == "countess"


@pytest.mark.parametrize("junk", ["", "a", "no spaces", "123", None, {}, "x" * 21])
def test_what_is_no_name_is_refused(ctx: Context, ada: Person, junk: object) -> None:
    with pytest.raises(InvalidUsername):
        profiles.rename(ctx, owner_id=ada.id, username=junk)


def test_who_is_gone_is_not_signed_in(ctx: Context) -> None:
    with pytest.raises(NotSignedIn):
        profiles.rename(ctx, owner_id="x", username="countess")
    with pytest.raises(NotSignedIn):
        profiles.profile(ctx, owner_id="x")


def test_of_sixteen_who_want_one_name_one_gets_it(runtime: Runtime, ctx: Context) -> None:
    owners = [factories.person(ctx, f"person{n}") for n in range(16)]

    def rename(each: Context, number: int) -> object:
        return profiles.rename(each, owner_id=owners[number].id, username="wanted")

    outcomes = contexts_at_once(runtime, 16, rename)
    assert outcomes.count("wanted") == 1
    assert sum(isinstance(each, UsernameTaken) for each in outcomes) == 15
    with ctx.reading() as db:
        assert len(db.exec(select(Person).where(Person.username_key == "wanted")).all()) == 1


def test_an_owner_sees_what_is_set(ctx: Context, ada: Person) -> None:
    said = {"display_name": "Ada L.", "prompt": "Ask me", "bio": "Counting"}
    profiles.describe(ctx, owner_id=ada.id, **said)
    found = profiles.profile(ctx, owner_id=ada.id)
    assert (found.username, found.email) == ("ada", "ada@example.com")
    assert (found.display_name, found.prompt, found.bio) == ("Ada L.", "Ask me", "Counting")
    assert found.link == "http://localhost:3000/u/ada"
