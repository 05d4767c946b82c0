"""People as others see them, and the switch that closes their inbox."""

from __future__ import annotations

from dataclasses import fields

import pytest

from anonmsg.database.tables import Person
from anonmsg.errors import NotSignedIn, PageNotFound
from anonmsg.public import Owner, PublicPage
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.services.accounts import people
from tests import factories


@pytest.mark.parametrize("username", ["grace", "", None, 7, {}, "a b", "%", "a" * 9000])
def test_there_is_no_page_of_nobody(ctx: Context, username: object) -> None:
    factories.person(ctx)
    with pytest.raises(PageNotFound):
        factories.page(ctx, username=username)


def test_unverified_banned_and_deleted_people_have_no_page(ctx: Context) -> None:
    factories.sign_up(ctx, "unverified")
    banned, deleted = factories.person(ctx, "banned"), factories.person(ctx, "deleted")
    with ctx.writing() as db:
        db.get_one(Person, banned.id).banned_at = ctx.now
        db.delete(db.get_one(Person, deleted.id))
    for username in ("unverified", "banned", "deleted"):
        with pytest.raises(PageNotFound):
            factories.page(ctx, username=username)


def test_a_page_tells_the_name_and_whether_it_is_open_and_no_more(ctx: Context) -> None:
    factories.person(ctx, "Ada", accepts=False)
    assert factories.page(ctx, username=" ADA ") == PublicPage("Ada", accepts_messages=False)
    assert {each.name for each in fields(PublicPage)} == {
        *("username", "accepts_messages", "display_name", "bio", "prompt", "reopens"),
        "delivery",
    }


def test_an_owner_sees_the_link_to_share(ctx: Context) -> None:
    person = factories.person(ctx, "Ada")
    link = "http://localhost:3000/u/Ada"
    seen = Owner("Ada", accepts_messages=True, link=link, called="Ada")
    assert people.owner(ctx, owner_id=person.id) == seen


@pytest.mark.parametrize("owner_id", ["", "x"])
def test_an_owner_who_is_gone_is_not_signed_in(ctx: Context, owner_id: str) -> None:
    with pytest.raises(NotSignedIn):
        people.owner(ctx, owner_id=owner_id)


def test_the_switch_is_seen_at_once_and_told_to_both_sides(ctx: Context) -> None:
    person, other = factories.person(ctx, "Ada"), factories.person(ctx, "grace")
    assert people.accept_messages(ctx, owner_id=person.id, accepts=False) is False
    assert not factories.page(ctx, username="ada").accepts_messages
    assert factories.page(ctx, username="grace").accepts_messages
    assert ctx.announced == [topics.page_of("ada"), topics.inbox_of(person.id)]
    assert people.accept_messages(ctx, owner_id=person.id, accepts=True) is True
    assert people.owner(ctx, owner_id=person.id).accepts_messages
    assert people.owner(ctx, owner_id=other.id).accepts_messages


@pytest.mark.parametrize("accepts", [None, 1, "true", {}, [True]])
def test_only_a_true_truth_opens_an_inbox(ctx: Context, accepts: object) -> None:
    person = factories.person(ctx, "ada")
    assert people.accept_messages(ctx, owner_id=person.id, accepts=accepts) is False
    assert not factories.page(ctx, username="ada").accepts_messages
