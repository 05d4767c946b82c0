"""What our code never does, so that nothing people type can become code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import anonmsg

PACKAGE = Path(anonmsg.__file__).parent
SCRIPTS = PACKAGE.parent / "assets"
CALLS = {"eval", "exec", "compile", "__import__"}
MODULES = {"subprocess", "pickle", "marshal", "shelve", "pty", "xml"}
COMMANDS = {"system", "popen", "execv", "execve", "spawnl", "spawnv"}
# The reviewed places that run a program: PostgreSQL's own, without a shell, with arguments
# that only an operator chooses.
PROGRAMS = {"postgresql_tools.py": ["subprocess"]}
# The reviewed places where Markup is made from something other than a literal.
CALLED_MARKUP = {
    # A file from our own build, used as is.
    "web/prerendered/built_markup.py": ["Markup(file.read_text(encoding='utf-8'))"],
    # One of our own emails, which was encrypted in the outbox.
    "mail/letters/letter.py": ["Markup(kept['html'])"],
}
# Where something secret, or made of it, is named as one side of a plain comparison,
# with the reason reviewed.
SECRET = re.compile(
    r"(?:^|_)(?:codes?|digests?|digits|hash(?:es|ed)?|mac|otp|passwords?|peppers?|seal(?:ed)?"
    r"|secrets?|signature|tokens?)(?:_|$)"
)
COMPARED_PLAINLY = {
    # The id of a pepper stands beside each hash; it is no secret.
    "security/passwords.py": ["stored.partition(':')[0] == self.pepper_id"],
    # Both are the owner's own, who has just proved to know the one in use.
    "services/accounts/password_resets.py": [
        "chosen == rules.password(current)",
        "col(Person.password_hash) == person.password_hash",
    ],
    # In a statement: whether a row is as it was read, or which one it is by a keyed digest.
    "services/accounts/verifications.py": [
        "now.code_digest != row.code_digest",
        "col(SignUp.code_digest) == row.code_digest",
    ],
    "services/counters.py": ["col(Counter.key) == digest", "Counter.key == digest"],
    "services/sessions/sign_ins.py": [
        "db.exec(update(Person).where(*same).values(password_hash=new_hash)).rowcount != 1",
        "col(Person.password_hash) == old_hash",
    ],
    "services/inbox/inbox_keys.py": [
        "col(InboxKey.sealed) == row.sealed",
        "InboxKey.pepper_id != current",
    ],
    "services/sessions/two_factor.py": ["col(Person.totp_sealed) == person.totp_sealed"],
    # A look-up by a keyed digest, in a table that only an operator can read.
    "services/accounts/erasures.py": ["digest in found"],
    # A check against mistakes, of a digest that every operator can read.
    "services/peppers.py": [
        "known.value in ctx.keyring.digests.each_of(NAME)",
        "RecoveryCode.pepper_id != current",
    ],
}
MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc"
)


def dangers(source: str) -> list[str]:
    """What a module does that could run something a person typed."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found += [node.func.id] if node.func.id in CALLS else []
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            is_command = node.value.id == "os" and node.attr in COMMANDS
            found += [f"os.{node.attr}"] if is_command else []
        found += [name for name in names if name.partition(".")[0] in MODULES]
    return found


def test_nothing_that_is_typed_can_become_code_or_a_command() -> None:
    files = sorted(PACKAGE.rglob("*.py"))
    assert len(files) > 50
    assert {
        file.name: dangers(file.read_text()) for file in files if dangers(file.read_text())
    } == PROGRAMS


@pytest.mark.parametrize(
    "line",
    [
        "eval(typed)",
        "exec(typed)",
        "import subprocess",
        "from subprocess import run",
        "import os\nos.system(typed)",
        "def f():\n    import pickle",
        "from xml.etree import ElementTree",
    ],
)
def test_a_danger_is_seen(line: str) -> None:
    assert dangers(line)


def test_asking_the_database_is_no_danger() -> None:
    assert dangers("import re\ndb.exec(select(Person))\nre.compile('a')") == []


def compared_plainly(source: str) -> list[str]:
    """What a module compares in a time that tells how much of a secret was right."""
    plain = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Compare)
        and any(isinstance(each, plain) for each in node.ops)
        and any(SECRET.search(name) for name in _names_in(node))
    ]


def _names_in(node: ast.AST) -> list[str]:
    each = list(ast.walk(node))
    return [n.id for n in each if isinstance(n, ast.Name)] + [
        n.attr for n in each if isinstance(n, ast.Attribute)
    ]


def calls_of(name: str, source: str) -> int:
    """How often a module calls something by this dotted name."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return sum(ast.unparse(node.func) == name for node in calls)


def with_secrets() -> dict[str, str]:
    """The modules that handle secrets, each with its text."""
    rooms = [PACKAGE / "security", PACKAGE / "services"]
    files = [file for room in rooms for file in room.rglob("*.py")]
    return {str(file.relative_to(PACKAGE)): file.read_text() for file in files}


def test_secrets_are_compared_in_constant_time() -> None:
    texts = with_secrets()
    assert len(texts) > 30
    found = {name: compared_plainly(text) for name, text in sorted(texts.items())}
    assert {name: each for name, each in found.items() if each} == COMPARED_PLAINLY
    calls = {name: calls_of("hmac.compare_digest", text) for name, text in texts.items()}
    assert {name for name, count in calls.items() if count} == {
        "security/age_passphrases.py",
        "security/keys.py",
        "security/totp.py",
        "services/token_secrets.py",
    }
    assert calls_of("ctx.keyring.digests.same", texts["services/accounts/verifications.py"]) == 1


@pytest.mark.parametrize(
    "line",
    [
        "code == typed",
        "typed != row.code",
        "any(expected == digest for digest in each)",
        "row.code_digest == digests.of('code', digits)",
        "typed in codes",
        "session.token_digest not in known",
        "if totp.generate_otp(step) == made_of(secret): pass",
        "password_hash == 'x'",
    ],
)
def test_a_secret_that_is_compared_plainly_is_seen(line: str) -> None:
    assert compared_plainly(line)


@pytest.mark.parametrize(
    "line",
    [
        "hmac.compare_digest(expected, digest)",
        "row is None or code is None",
        "row.id == claims.session_id",
        "len(typed) < SHORTEST",
        "encoded == decoded",
    ],
)
def test_what_is_no_secret_may_be_compared_plainly(line: str) -> None:
    assert compared_plainly(line) == []


def unescaped(source: str) -> list[str]:
    """What a module does that could turn a string into markup, or escape it to a plain one."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                hidden = [each for each in names if each.name in {"html", "markupsafe"}]
            case ast.ImportFrom(module="html", names=names):
                # HTMLParser doesn't produce any HTML.
                hidden = names
            case ast.ImportFrom(module="markupsafe", names=names):
                hidden = [each for each in names if each.asname or each.name == "*"]
            case ast.FunctionDef(name="__html__"):
                hidden = [node]
            case ast.Call(func=func, args=args, keywords=keywords):
                values = [*args, *(each.value for each in keywords)]
                is_literal = len(values) == 1 and isinstance(values[0], ast.Constant)
                hidden = [node] if _is_markup(func) and not is_literal else []
                # Such as map(Markup, words), or cast("Markup", word).
                hidden += [node for each in values if _is_markup(each)]
            case _:
                hidden = []
        found += [ast.unparse(each) for each in hidden]
    return found


def _is_markup(node: ast.expr) -> bool:
    names = {"Markup", "markupsafe.Markup", "'Markup'"}
    return ast.unparse(node) in names


def test_only_literals_become_markup_and_everything_else_is_escaped_into_them() -> None:
    files = {str(each.relative_to(PACKAGE)): each for each in PACKAGE.rglob("*.py")}
    calls = {name: unescaped(file.read_text()) for name, file in files.items()}
    assert {name: each for name, each in calls.items() if each} == CALLED_MARKUP


def test_html_is_answered_only_where_markup_is_asked_for() -> None:
    types = r"(media_type=|\"Content-Type\": )\"text/html"
    sends_html = re.compile(rf"HTMLResponse\(|{types}|rx\.html|SetInnerHTML")
    files = {str(each.relative_to(PACKAGE)): each for each in PACKAGE.rglob("*.py")}
    assert {name for name, each in files.items() if sends_html.search(each.read_text())} == {
        "web/posts/plain.py",
        "web/prerendered/build.py",
        "web/prerendered/public_page.py",
    }


@pytest.mark.parametrize(
    "line",
    [
        "from html import escape",
        "from html import escape as safe",
        "import html",
        "import html as h\nh.escape(typed)",
        "Markup(typed)",
        'Markup(f"<p>{typed}</p>")',
        'Markup("<p>" + typed)',
        'Markup("<p>%s</p>" % typed)',
        'Markup("<p>{}</p>".format(typed))',
        "Markup(object=typed)",
        'Markup(b"<p>", encoding=typed)',
        "Markup(*typed)",
        "import markupsafe\nmarkupsafe.Markup(typed)",
        "from markupsafe import Markup as Safe\nSafe(typed)",
        "from markupsafe import *",
        "map(Markup, typed)",
        "cast(Markup, typed)",
        'cast("Markup", typed)',
        "class Typed:\n    def __html__(self):\n        return self.typed",
    ],
)
def test_markup_that_is_not_escaped_is_seen(line: str) -> None:
    assert unescaped(line)


@pytest.mark.parametrize(
    "line",
    [
        "from html.parser import HTMLParser",
        "from markupsafe import Markup, escape",
        'Markup("<p>{}</p>").format(typed)',
        'Markup("<p>" "</p>") + typed',
        "def shown(typed: Markup) -> Markup:\n    return escape(typed)",
    ],
)
def test_markup_that_escapes_is_no_danger(line: str) -> None:
    assert unescaped(line) == []


def test_our_scripts_write_text_and_never_markup() -> None:
    scripts = sorted(SCRIPTS.rglob("*.js"))
    assert len(scripts) > 10
    for script in scripts:
        assert MARKUP.findall(script.read_text()) == [], script.name
    assert MARKUP.search("box.innerHTML = typed")
