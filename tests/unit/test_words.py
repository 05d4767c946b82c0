"""Words: every sentence speaks plainly, and the decided ones are there.

A sentence that breaks the voice is found here, on whichever page it was added.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import anonmsg
from anonmsg.commands import cli

PACKAGE = Path(anonmsg.__file__).parent
MARKS = {"_", "N_", "gettext", "ngettext"}

# What nobody says to a friend, and what to write instead.
BANNED = {
    r"somebody|someone who is|whoever it was": "someone, they",
    r"meanwhile|in the meantime": "say when",
    r"anew": "again",
    r"by now|from now on": "now",
    r"e-mails?|mails?|mailed|mailbox": "email",
    r"do not|does not|did not": "don't, doesn't, didn't",
    r"cannot|can not|could not|will not|would not": "can't, couldn't, won't, wouldn't",
    r"is not|are not|was not|were not|has not|have not": "isn't, aren't, wasn't, ...",
    r"you are|we are|it is|there is|that is|we will|you will|they are": "you're, we're, it's, ...",
    r"any ?more": "no longer",
    r"two-step|second factor": "two-factor",
    r"please": "the request itself",
}
# The project's sources decided these words, so they stay as they are.
KEPT = {
    "User registered successfully. Please verify your email",
    "Please verify your account before login",
    "{username} is not accepting messages",
    "{username} is not accepting messages. {reopens}",
}
# The decided sentences (COPY), for what exists today.
DECIDED = (
    "anonmsg · anonymous messages, one link",
    "Anonymous messages you can trust.",
    "What would people tell you if they didn't have to sign it?",
    "Share one link. Anyone can leave you a message, no name needed.",
    "Try it. Nothing leaves this page.",
    "Type something you've never said…",
    "No account and no cookies to send a message.",
    "We store the text and the time, and nothing about who wrote it.",
    "Your wording can still give you away. No software can hide that.",
    "How we keep it anonymous",
    "You interrupt people in meetings. I don't think you notice.",
    "It takes about a minute.",
    "2–20 letters, numbers or underscores. This is your link.",
    "For your code and account notices. No newsletters.",
    "At least 8 characters. A short sentence works well.",
    "That password is easy to guess. Try a few unrelated words.",
    "Someone just took that username. Pick another; the rest is saved.",
    "New here?",
    "Create your page",
    "Check your email",
    "6 digits, valid for 15 minutes.",
    "Can't find it? Check your spam folder.",
    "We've sent a new code. The old one no longer works.",
    "One last step: confirm your account.",
    "No sign-up was started in this browser.",
    "Open the link in your email, or sign in to get a new code.",
    "We'll email you a link to set a new one.",
    "If there's an account for that address, we've sent a link. It works for 30 minutes.",
    "This signs you out everywhere.",
    "This link has expired or been used. Request a new one.",
    "A question, a thank-you, something you never said…",
    "{n} over the limit",
    "Write a message first.",
    "No name attached. Only your words arrive.",
    "Check back later. This link will still work.",
    "You're offline. We'll send this when you're back.",
    "Nobody's here.",
    "Check the link for typos. The page may have been removed.",
    "Share your link in your bio, a story or a group chat.",
    "QR code (PNG)",
    "QR code (SVG)",
    "Printable poster",
    "Current: {username}",
    "Your link changes too. The old link redirects for 30 days.",
    "You can change your username once every 7 days.",
    "That's already your email.",
    "Signing in also takes a code from your phone, so a stolen password isn't enough.",
    "Save these recovery codes somewhere other than your phone.",
    "Each works once. We won't show them again.",
    "We keep each browser's type and when it was used, but no address and no location.",
    "Your profile, messages and sign-ins in one ZIP: web page, CSV and JSON.",
    "Check your password",
    "Your page closes now and you're signed out everywhere.",
    "After 7 days everything is permanently deleted. Sign in before then if you change your mind.",
    "Something went wrong on our end. Try again.",
    "That request didn't come from this site, so we ignored it.",
    "What we keep and what we don't",
    "If you send a message",
    "How we stop spam",
    "For a day we also keep a random number made with the form, so a retry isn't delivered twice.",
    "You're receiving this email because someone signed up with this address at {site}.",
    "Don't share this code. We'll never ask for it.",
    # From the project's sources.
    "Username is available",
    "Username is already taken",
    "User already exists with this email",
    "User registered successfully. Please verify your email",
    "Incorrect verification code",
    "Verification code has expired",
    "Account verified successfully",
    "User not found",
    "Incorrect password",
    "Please verify your account before login",
    "Message sent anonymously",
    "{username} is not accepting messages",
    "No messages yet",
)


def marked(source: str) -> list[str]:
    """Every sentence that a module marks for translation."""
    return [
        argument.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) in MARKS
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def stilted(sentence: str) -> list[str]:
    """The words of a sentence that the voice doesn't use."""
    if sentence in KEPT:
        return []
    plain = sentence.replace("\u2019", "'")
    return [
        found.group()
        for words in BANNED
        for found in re.finditer(rf"(?<![\w'-])(?:{words})(?![\w'-])", plain, re.IGNORECASE)
    ]


@pytest.fixture(scope="module")
def sentences() -> dict[str, list[str]]:
    """All sentences that people see, by the file that holds them."""
    found = {str(file): marked(file.read_text()) for file in PACKAGE.rglob("*.py")}
    return {file: marks for file, marks in found.items() if marks}


def test_every_sentence_speaks_plainly(sentences: dict[str, list[str]]) -> None:
    assert sum(map(len, sentences.values())) > 300
    found = {
        sentence: words
        for marks in sentences.values()
        for sentence in marks
        if (words := stilted(sentence))
    }
    assert found == {}


def test_the_decided_sentences_are_there(sentences: dict[str, list[str]]) -> None:
    said = "\n".join(sentence for marks in sentences.values() for sentence in marks)
    assert [each for each in DECIDED if each not in said] == []


def test_the_command_line_speaks_plainly() -> None:
    told = {name: command.help or "" for name, command in cli.commands.items()}
    assert len(told) > 5
    assert {name: words for name, text in told.items() if (words := stilted(text))} == {}
    assert told["end-two-factor"].startswith(
        "Turn off two-factor sign-in for someone who has lost their phone and recovery codes."
    )


def test_what_is_excused_is_still_said(sentences: dict[str, list[str]]) -> None:
    assert {sentence for marks in sentences.values() for sentence in marks} >= KEPT


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("_('Somebody took your username meanwhile.')", ["Somebody", "meanwhile"]),
        ("N_('Set it up anew.')", ["anew"]),
        ("locale.gettext('It should be there by now.')", ["by now"]),
        ("_('Check your mail')", ["mail"]),
        ("_('We mail you a link.')", ["mail"]),
        ("_('Your e-mail address')", ["e-mail"]),
        ("ngettext('{n} mail', '{n} mails', n)", ["mail", "mails"]),
        ("_('This does not work any more.')", ["does not", "any more"]),
        ("_('You cannot do that.')", ["cannot"]),
        ("_('That is not yours.')", ["is not", "That is"]),
        ("_('It is on.')", ["It is"]),
        ("_('Two-step sign-in')", ["Two-step"]),
        ("_('One half. ' 'Please try the other.')", ["Please"]),
        ("_('{username} is not accepting mail').format(username=name)", ["mail", "is not"]),
    ],
)
def test_a_stilted_sentence_is_seen(line: str, words: list[str]) -> None:
    assert [word for sentence in marked(line) for word in stilted(sentence)] == words


@pytest.mark.parametrize(
    "sentence",
    [
        "Check your email",
        "Enter the code from your email. It's valid for 15 minutes.",
        "Nobody's here.",
        "You're offline. We'll send this when you're back.",
        "Please verify your account before login",
    ],
)
def test_a_plain_or_a_kept_sentence_passes(sentence: str) -> None:
    assert stilted(sentence) == []


def test_only_what_people_see_is_looked_at() -> None:
    assert marked("'Somebody'\nlog('It is anew')\n# _('meanwhile')") == []
