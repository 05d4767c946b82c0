"""Every refusal has one sentence and names the field it belongs to."""

from __future__ import annotations

import string
from datetime import timedelta

import pytest

from anonmsg import errors
from anonmsg.errors import AppError, FormRefused, TooManyAttempts, in_words


def all_refusals(of: type[AppError] = AppError) -> list[type[AppError]]:
    return [of, *(each for child in of.__subclasses__() for each in all_refusals(child))]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 second"),
        (1, "1 second"),
        (1.1, "2 seconds"),
        (59, "59 seconds"),
        (59.5, "1 minute"),
        (60, "1 minute"),
        (61, "2 minutes"),
        (15 * 60, "15 minutes"),
        (59 * 60, "59 minutes"),
        (59 * 60 + 1, "1 hour"),
        (3600, "1 hour"),
        (3601, "2 hours"),
        (24 * 3600, "24 hours"),
    ],
)
def test_a_wait_is_said_in_words_and_never_too_short(seconds: float, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words
    refusal = TooManyAttempts(timedelta(seconds=seconds))
    assert refusal.sentence == f"Too many attempts. Try again in {words}."


@pytest.mark.parametrize("seconds", [-3600, -1, 0, 0.001])
def test_nobody_is_told_to_come_back_in_no_time(seconds: float) -> None:
    refusal = TooManyAttempts(timedelta(seconds=seconds))
    assert refusal.sentence == "Too many attempts. Try again in 1 second."


@pytest.mark.parametrize(
    ("refusal", "field", "sentence"),
    [
        (errors.UsernameTaken(), "username", "Username is already taken"),
        (errors.EmailTaken(), "email", "User already exists with this email"),
        (errors.IncorrectCode(), "code", "Incorrect verification code"),
        (errors.CodeExpired(), "code", "Verification code has expired"),
        (errors.UserNotFound(), "identifier", "User not found"),
        (errors.IncorrectPassword(), "password", "Incorrect password"),
        (errors.NotVerified("b"), "identifier", "Please verify your account before login"),
        (errors.InboxClosed("Ada"), "message", "Ada is not accepting messages"),
        (errors.AppError(), "form", "Something went wrong on our end. Try again."),
        (errors.TooManyAttempts(timedelta(0)), "form", "Too many attempts. Try again in 1 second."),
        (errors.ResendTooSoon(timedelta(0)), "code", "Too many attempts. Try again in 1 second."),
    ],
)
def test_a_refusal_stands_under_its_field(refusal: AppError, field: str, sentence: str) -> None:
    assert refusal.by_field() == {field: sentence}
    assert refusal.sentence == sentence


@pytest.mark.parametrize("kind", all_refusals(), ids=lambda kind: kind.__name__)
def test_every_refusal_has_a_sentence_and_a_reason(kind: type[AppError]) -> None:
    assert kind.template[0].isupper() or kind.template.startswith("{")
    assert kind.__doc__
    assert kind.__doc__.startswith("Raised when")
    mentioned = {name for _, name, _, _ in string.Formatter().parse(kind.template) if name}
    assert mentioned <= {"incident", "reopens", "time", "username"}


def test_a_form_says_everything_that_is_wrong_at_once() -> None:
    refusal = FormRefused([errors.UsernameTaken(), errors.EmailTaken()])
    assert refusal.by_field() == {
        "username": "Username is already taken",
        "email": "User already exists with this email",
    }


def test_a_more_exact_sentence_replaces_that_of_the_class() -> None:
    refusal = errors.InvalidMessage("Too {what}.", what="long")
    assert refusal.sentence == "Too long."
    assert errors.InvalidMessage().sentence == "Write a message first."


def test_a_name_with_braces_is_shown_as_it_is() -> None:
    assert errors.InboxClosed("{username}").sentence == "{username} is not accepting messages"
