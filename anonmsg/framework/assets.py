"""A Reflex plugin that joins the pages' script and stylesheet from parts of one subject each.

The parts stand in `assets/app` and `assets/css`; a page asks for one `/app.js`
and one `/app.css`. A part that no order names, or a name without its part,
stops the build: nothing that was written is left out unseen.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reflex.plugins import Plugin
from reflex.utils.prerequisites import get_web_dir
from reflex_base.constants import Dirs

ASSETS = Path(__file__).parents[2] / "assets"
# The folders of the parts, which are no addresses of the app.
SCRIPTS, STYLES = "app", "css"
# A part may use at once what stands before it, and in its functions all of them.
SCRIPT_ORDER = (
    "text",
    "addresses",
    "timing",
    "page",
    "mailed_link",
    "writing",
    "holding",
    "answers",
    "sign_in",
    "dialogs",
    "sharing",
    "submitting",
    "code_wait",
    "actions",
    "arrivals",
    "session",
    "network",
)
# Of two rules that weigh the same, the later one holds.
STYLE_ORDER = (
    "tokens",
    "ground",
    "brand",
    "words",
    "buttons",
    "fields",
    "sheets",
    "home",
    "dashboard",
    "settings",
    "sharing",
    "switch",
    "inbox",
    "dialogs",
    "public_page",
    "privacy",
    "room",
    "preferences",
    "motion",
)
FRAME = """\
/*
 * Everything on the pages that must work before, beside or without React.
 *
 * All listeners stand on window, so that the script needs no element to exist
 * yet. It writes only where React renders nothing: into empty elements made by
 * `slot()`, and into attributes that no component sets. It holds no sentence
 * of its own; the words come, translated, from the element with the id "words".
 */
"use strict";

(() => {{
// The public page carries this script twice: inside, to be there at once.
if (document.documentElement.classList.contains("scripted")) return;
document.documentElement.classList.add("scripted");

{parts}}})();
"""


class BrokenAssets(Exception):
    """Raised when the parts and their order do not fit together; says which."""


class JoinedAssets(Plugin):
    """Adds `/app.js` and `/app.css` to whatever Reflex builds, in development too."""

    def get_stylesheet_paths(self, **_context: Any) -> Sequence[str]:
        """Put our stylesheet among those of every page, after those of the plugins before."""
        return ["./app.css"]

    def pre_compile(self, **context: Any) -> None:
        """Take the parts out of what is served, and put in what they make together."""
        # Reflex has just copied the whole of assets.
        for parts in (SCRIPTS, STYLES):
            shutil.rmtree(get_web_dir() / Dirs.PUBLIC / parts, ignore_errors=True)
        context["add_save_task"](_files)


def _files() -> list[tuple[str, str]]:
    """Where the joined files go; the stylesheet also goes where Vite looks for styles."""
    try:
        style = stylesheet()
        return [
            (f"{Dirs.PUBLIC}/app.js", script()),
            (f"{Dirs.PUBLIC}/app.css", style),
            (f"{Dirs.STYLES}/app.css", style),
        ]
    except BrokenAssets as broken:
        sys.exit(str(broken))


def script() -> str:
    """Join the script of all pages: strict, in one function, and run only once."""
    return FRAME.format(parts=joined(ASSETS / SCRIPTS, SCRIPT_ORDER, "js"))


def stylesheet() -> str:
    """Join the stylesheet of all pages."""
    return joined(ASSETS / STYLES, STYLE_ORDER, "css")


def joined(folder: Path, order: tuple[str, ...], kind: str) -> str:
    """Join all files of a folder.

    Args:
        folder: Where the parts are.
        order: Their names, without the ending.
        kind: The ending, such as js.

    Raises:
        BrokenAssets: a part is missing, stands twice in the order, or not at all.
    """
    there = {file.stem for file in folder.glob(f"*.{kind}")}
    place = f"{folder.parent.name}/{folder.name}"
    for name in order:
        if name not in there:
            raise BrokenAssets(f"{place}/{name}.{kind} is missing, and the pages need it.")
        if order.count(name) > 1:
            raise BrokenAssets(f"{place}/{name}.{kind} stands twice in the order of the parts.")
    for name in sorted(there - set(order)):
        raise BrokenAssets(
            f"{place}/{name}.{kind} has no place among the parts:"
            " name it in anonmsg/framework/assets.py."
        )
    return "\n".join((folder / f"{name}.{kind}").read_text(encoding="utf-8") for name in order)
