"""Sentences: complete in the catalogue, and translated when they're shown."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import reflex as rx

import anonmsg
from anonmsg.components.sentences import with_elements

PACKAGE = Path(anonmsg.__file__).parent
TRANSLATES = {"_", "gettext", "ngettext"}
LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def is_translation(node: ast.AST | None) -> bool:
    """Whether a node translates: `_(...)`, `ngettext(...)`, or a method called on the result."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in TRANSLATES:
            return True
        node = node.func.value
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in TRANSLATES
    )


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Everything that runs on import: not function bodies, but their default values."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, LATER):
            defaults = [*child.args.defaults, *filter(None, child.args.kw_defaults)]
            decorators = [] if isinstance(child, ast.Lambda) else child.decorator_list
            for part in (*defaults, *decorators):
                yield part
                yield from at_import(part)
        else:
            yield child
            yield from at_import(child)


def too_early(source: str) -> list[int]:
    """The lines of a module that translate before anyone's language is known."""
    return [node.lineno for node in at_import(ast.parse(source)) if is_translation(node)]


def glued(source: str) -> list[int]:
    """The lines that build a sentence from pieces, with `+` or in an f-string."""
    found = []
    for node in ast.walk(ast.parse(source)):
        parts: list[ast.AST] = []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            parts = [node.left, node.right]
        elif isinstance(node, ast.FormattedValue):
            parts = [node.value]
        found += [node.lineno for part in parts if is_translation(part)]
    return found


@pytest.mark.parametrize("search", [too_early, glued])
def test_every_sentence_is_whole_and_translated_when_it_is_shown(search) -> None:
    found = {file: search(file.read_text()) for file in PACKAGE.rglob("*.py")}
    assert {str(file): lines for file, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    [
        "TITLE = _('Sign in')",
        "PAGES = [Page('/', title=_('Sign in'))]",
        "TITLE = locale.gettext('Sign in')",
        "NAMES = [ngettext('{n} day', '{n} days', n) for n in (1, 2)]",
        "class State:\n    title: str = _('Sign in')",
        "def page(title=_('Sign in')): pass",
        "def page(*, title=_('Sign in').upper()): pass",
        "def outer():\n    pass\nif outer:\n    TITLE = _('Sign in')",
        "page = lambda title=_('Sign in'): title",
        "@titled(_('Sign in'))\ndef page(): pass",
    ],
)
def test_a_translation_at_import_is_seen(line: str) -> None:
    assert too_early(line) != []


def test_a_translation_in_a_function_or_marked_for_later_is_none_too_early() -> None:
    assert too_early("T = N_('Sign in')\ndef page():\n    return _(T)\nf = lambda: _(T)") == []


@pytest.mark.parametrize(
    "line", ["_('Now:') + ' ' + name", "' ' + _('is closed')", "f'{_(\"Now:\")} {name}'"]
)
def test_glue_is_seen(line: str) -> None:
    assert glued(line) != []


def test_markup_around_a_whole_sentence_is_no_glue() -> None:
    assert glued("f'<h1>{escape(_(\"Sign in\"))}</h1>' + _title(_('Sign in'))") == []


def test_an_element_stands_where_the_language_puts_it() -> None:
    name = rx.el.span("ada")
    assert with_elements("Send {name} a message", name=name) == ["Send ", name, " a message"]
    assert with_elements("{name} is away", name=name) == [name, " is away"]
    assert with_elements("پیغام {name}", name=name) == ["پیغام ", name]
    assert with_elements("Nobody is here") == ["Nobody is here"]


def test_a_place_that_nothing_is_given_for_is_an_error() -> None:
    with pytest.raises(KeyError, match="bio"):
        with_elements("{name}: {bio}", name=rx.el.span("ada"))
