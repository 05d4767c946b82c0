"""Profiles: what owners say about themselves, and the username of their page."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_
from sqlmodel import col, select, update

from anonmsg import addresses, rules
from anonmsg.database.tables import Person
from anonmsg.errors import NotSignedIn, RenamedRecently, UsernameTaken
from anonmsg.public import Profile
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.services.accounts import usernames
from anonmsg.services.accounts.uniqueness import duplicates_refused
from anonmsg.services.form_checks import check_all

RENAME_AFTER = timedelta(days=7)
# How long the old name leads to the new one and nobody else can have it.
OLD_NAME_LEADS = timedelta(days=30)


def profile(ctx: Context, *, owner_id: str) -> Profile:
    """Return what an owner sees of their account on the settings page.

    Raises:
        NotSignedIn: the account is gone.
    """
    with ctx.reading() as db:
        person = db.get(Person, owner_id)
    if person is None:
        raise NotSignedIn
    return Profile(
        person.username,
        person.email,
        person.display_name,
        person.prompt,
        person.bio,
        addresses.public_link(ctx.settings.site, person.username),
    )


def describe(
    ctx: Context, *, owner_id: str, display_name: object, prompt: object, bio: object
) -> None:
    """Set the display name, the prompt and the bio that the public page shows.

    Raises:
        InvalidDisplayName: it is too long.
        InvalidPrompt: it is too long.
        InvalidBio: it is too long.
        FormRefused: several are.
    """
    shown, asked, about = check_all(
        lambda: rules.display_name(display_name),
        lambda: rules.prompt(prompt),
        lambda: rules.bio(bio),
    )
    with ctx.writing() as db:
        db.exec(
            update(Person)
            .where(col(Person.id) == owner_id)
            .values(display_name=shown, prompt=asked, bio=about)
        )
        key = db.exec(select(Person.username_key).where(Person.id == owner_id)).first()
    ctx.announce(topics.page_of(key or ""))


def check_rename(ctx: Context, *, owner_id: str, username: object, network: str = "") -> str:
    """Check that an owner could have a username now; nothing changes.

    Args:
        ctx: The context.
        owner_id: Whose username.
        username: As typed.
        network: The key of the client's network, to count a check while typing.

    Returns:
        The username as displayed, if it would count as a change, after which they have
        to wait for seven days; empty for another spelling of the one they have.

    Raises:
        InvalidUsername: it breaks a rule.
        UsernameTaken: it is reserved, or somebody else has or holds it.
        RenamedRecently: the last change was less than seven days ago.
        TooManyAttempts: there were too many checks from this network.
        NotSignedIn: the account is gone.
    """
    name = rules.username(username)
    if network:
        ctx.rate_limits.spend("username_check", network)
    with ctx.reading() as db:
        person = db.get(Person, owner_id)
        is_free = usernames.is_free(ctx, name.key, for_person=owner_id)
    if person is None:
        raise NotSignedIn
    if name.key == person.username_key:
        return ""
    if not is_free:
        raise UsernameTaken
    if person.renamed_at is not None and person.renamed_at > ctx.now - RENAME_AFTER:
        raise RenamedRecently(person.renamed_at + RENAME_AFTER - ctx.now)
    return name.shown


def rename(ctx: Context, *, owner_id: str, username: object) -> str:
    """Change the username; the old one leads to it and stays theirs for 30 days.

    Changing only upper and lower case doesn't count as a change of name, and is always allowed.

    Returns:
        The new username as displayed.

    Raises:
        InvalidUsername: it breaks a rule.
        UsernameTaken: it is reserved, or somebody else has or holds it.
        RenamedRecently: the last change was less than seven days ago.
        NotSignedIn: the account is gone.
    """
    name = rules.username(username)
    with duplicates_refused(), ctx.writing() as db:
        person = db.get(Person, owner_id)
        if person is None:
            raise NotSignedIn
        before = person.username_key
        if name.key == before:
            person.username = name.shown
            db.add(person)
        else:
            _take(ctx, person, name)
    for topic in (topics.page_of(before), topics.page_of(name.key)):
        ctx.announce(topic)
    # The owner's own tabs show the name and the link too.
    for topic in (topics.sessions_of(owner_id), topics.inbox_of(owner_id)):
        ctx.announce(topic)
    return name.shown


def _take(ctx: Context, person: Person, name: rules.Username) -> None:
    changed = ctx.db.exec(
        update(Person)
        .where(
            col(Person.id) == person.id,
            or_(
                col(Person.renamed_at).is_(None),
                col(Person.renamed_at) <= ctx.now - RENAME_AFTER,
            ),
        )
        .values(username=name.shown, username_key=name.key, renamed_at=ctx.now)
    )
    if changed.rowcount != 1:
        last = person.renamed_at or ctx.now
        raise RenamedRecently(last + RENAME_AFTER - ctx.now)
    usernames.move(ctx, name.key, person_id=person.id, redirects_until=ctx.now + OLD_NAME_LEADS)
