"""Each limit of the table, and the use cases that spend it: the second of one is refused."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from anonmsg.database.tables import SignInSession
from anonmsg.errors import AppError, TooManyAttempts
from anonmsg.runtime.context import Context
from anonmsg.runtime.rate_limits import GUARDS, LIMITS, STORMS, RateLimits
from anonmsg.services.accounts import email_changes, exports, password_resets, sign_ups
from anonmsg.services.inbox import search, self_tests, sharing
from anonmsg.services.inbox.search import Search
from anonmsg.services.sessions import sign_ins
from tests import factories
from tests.factories import NETWORK, PASSWORD

Attempt = Callable[[Context], object]
numbers = count()


def sign_in(ctx: Context) -> None:
    # Another name each time, so that no failures of an account are counted.
    sign_ins.sign_in(ctx, identifier=f"nobody_{next(numbers)}", password=PASSWORD, network=NETWORK)


def form_that_is_refused(ctx: Context) -> None:
    sign_ups.sign_up(ctx, username="?", email="?", password="?", network=NETWORK)


def sign_up(ctx: Context, *, address: str = "", network: str = NETWORK) -> None:
    number = next(numbers)
    sign_ups.sign_up(
        ctx,
        username=f"name_{number}",
        email=address or f"address-{number}@example.com",
        password=PASSWORD,
        network=network,
    )


def sign_up_of_one_address(ctx: Context) -> None:
    sign_up(ctx, address="one@example.com", network=f"network-{next(numbers)}")


def sign_up_of_one_address_again(ctx: Context) -> None:
    sign_up(ctx, address="one@example.com")


def check_a_name(ctx: Context) -> None:
    sign_ups.check_username(ctx, username="free", network=NETWORK)


def ask_for_a_link(ctx: Context) -> None:
    password_resets.request(ctx, email=f"p{next(numbers)}@example.com", network=NETWORK)


def ask_for_a_link_to_one_address(ctx: Context) -> None:
    password_resets.request(ctx, email="one@example.com", network=f"network-{next(numbers)}")


def ask_for_a_link_to_one_address_again(ctx: Context) -> None:
    password_resets.request(ctx, email="one@example.com", network=NETWORK)


def reset(ctx: Context) -> None:
    password_resets.reset(ctx, link="none", password=PASSWORD, network=NETWORK)


def confirm(ctx: Context) -> None:
    email_changes.confirm(ctx, link="none", network=NETWORK)


def undo(ctx: Context) -> None:
    email_changes.undo(ctx, link="none", network=NETWORK)


def send(ctx: Context, *, network: str, to: str) -> None:
    factories.send(ctx, username=to, content="hello", network=network)


def send_from_one_network(ctx: Context) -> None:
    send(ctx, network=NETWORK, to=("ada", "grace")[next(numbers) % 2])


def send_from_one_network_to_one_person(ctx: Context) -> None:
    send(ctx, network=NETWORK, to="ada")


def send_to_one_person(ctx: Context) -> None:
    send(ctx, network=f"network-{next(numbers)}", to="ada")


def export(ctx: Context) -> None:
    with ctx.reading() as db:
        row = db.get_one(SignInSession, "a-sign-in")
    exports.begin(ctx, owner_id=row.person_id, session_id=row.id)


def ask_for_a_picture(ctx: Context) -> None:
    sharing.count_picture(ctx, network="n")


def change_the_password(ctx: Context) -> None:
    with ctx.reading() as db:
        row = db.get_one(SignInSession, "a-sign-in")
    # Without the current password, so that only the judging of the new one is left to count.
    who = {"owner_id": row.person_id, "session_id": row.id}
    password_resets.change(ctx, **who, current="", new="easy")


def look_for_words(ctx: Context) -> None:
    search.find(ctx, owner_id="ada", search=Search("word"))


def send_yourself_a_test(ctx: Context) -> None:
    with ctx.reading() as db:
        row = db.get_one(SignInSession, "a-sign-in")
    self_tests.send(ctx, owner_id=row.person_id)


SPENT_BY: list[tuple[str, Attempt]] = [
    ("sign_in_minute", sign_in),
    ("sign_in_hour", sign_in),
    ("sign_up_form", form_that_is_refused),
    ("sign_up_hour", sign_up),
    ("sign_up_day", sign_up),
    ("sign_up_address", sign_up_of_one_address),
    ("sign_up_address_network", sign_up_of_one_address_again),
    ("username_check", check_a_name),
    ("forgot_hour", ask_for_a_link),
    ("forgot_day", ask_for_a_link),
    ("forgot_address", ask_for_a_link_to_one_address),
    ("forgot_address_network", ask_for_a_link_to_one_address_again),
    ("mailed_link", reset),
    ("mailed_link", confirm),
    ("mailed_link", undo),
    ("send_network", send_from_one_network),
    ("send_network_inbox", send_from_one_network_to_one_person),
    ("send_inbox", send_to_one_person),
    ("export", export),
    ("search", look_for_words),
    ("test_message", send_yourself_a_test),
    ("picture", ask_for_a_picture),
    ("password_form", change_the_password),
]


@pytest.fixture
def everybody(ctx: Context) -> Context:
    ada = factories.person(ctx, "ada")
    factories.person(ctx, "grace")
    with ctx.writing() as db:
        times = dict.fromkeys(("created_at", "rotated_at", "proved_at"), ctx.now)
        expires_at = ctx.now.replace(year=ctx.now.year + 1)
        db.add(SignInSession(id="a-sign-in", person_id=ada.id, expires_at=expires_at, **times))
    return ctx


def outcome(ctx: Context, attempt: Attempt) -> type[AppError] | None:
    try:
        attempt(ctx)
    except AppError as refusal:
        return type(refusal)
    return None


@pytest.mark.parametrize(("name", "attempt"), SPENT_BY)
def test_the_second_is_refused_where_one_is_allowed(
    everybody: Context, name: str, attempt: Attempt
) -> None:
    everybody.rate_limits = RateLimits(overrides={name: "1 per hour"})
    assert outcome(everybody, attempt) is not TooManyAttempts
    assert outcome(everybody, attempt) is TooManyAttempts


@pytest.mark.parametrize("attempt", [each for _, each in SPENT_BY])
def test_two_are_not_refused_where_more_are(everybody: Context, attempt: Attempt) -> None:
    assert TooManyAttempts not in [outcome(everybody, attempt) for _ in range(2)]


@pytest.mark.parametrize(
    ("name", "attempt"), [each for each in SPENT_BY if each[0].endswith("address_network")]
)
def test_what_a_network_asks_too_often_takes_nothing_from_the_address(
    everybody: Context, name: str, attempt: Attempt
) -> None:
    wide = name.removesuffix("_network")
    everybody.rate_limits = RateLimits(overrides={name: "1 per hour", wide: "2 per hour"})
    outcomes = [outcome(everybody, attempt) for _ in range(5)]
    assert outcomes == [None] + [TooManyAttempts] * 4
    from_elsewhere = dict(SPENT_BY)[wide]
    assert outcome(everybody, from_elsewhere) is None
    assert outcome(everybody, from_elsewhere) is TooManyAttempts


def test_every_limit_of_an_address_has_a_narrower_one_for_each_network() -> None:
    of_addresses = {name for name in LIMITS if name.endswith("_address")} - GUARDS
    assert of_addresses == {"sign_up_address", "forgot_address"}
    for name in of_addresses:
        assert int(LIMITS[f"{name}_network"].split()[0]) < int(LIMITS[name].split()[0])


def test_every_limit_that_can_be_set_is_spent_by_somebody() -> None:
    # A storm brake holds, and never refuses (`inbox/test_storms.py`).
    assert {name for name, _ in SPENT_BY} == LIMITS.keys() - GUARDS - STORMS
