"""A Reflex plugin that bundles the pages' script and stylesheet from single-topic parts.

The parts live in `assets/app` and `assets/css`; a page loads one `/app.js` and
one `/app.css`. An unlisted part, or a listed part that is missing, fails the
build, so nothing is left out silently.
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
# The folders that hold the parts; the app doesn't serve them.
SCRIPTS, STYLES = "app", "css"
# Top-level code may only use earlier parts; function bodies may use any part.
SCRIPT_ORDER = (
    "storage",
    "translated",
    "text",
    "addresses",
    "timing",
    "page",
    "typeface",
    "mailed_link",
    "without_socket",
    "writing",
    "keyboard",
    "drafts",
    "holding",
    "hydration",
    "broken",
    "answers",
    "refusals",
    "presses",
    "sign_in",
    "download",
    "dialogs",
    "sharing",
    "menu",
    "sections",
    "story",
    "submitting",
    "code_wait",
    "code_box",
    "time_zone",
    "unseen",
    "reading",
    "days",
    "selecting",
    "shortcuts",
    "actions",
    "arrivals",
    "session",
    "network",
    "painting",
)
# Order matters: between rules of equal specificity, the later one wins.
STYLE_ORDER = (
    "tokens",
    "ground",
    "navigation",
    "brand",
    "words",
    "buttons",
    "fields",
    "choices",
    "sheets",
    "home",
    "second_screen",
    "dashboard",
    "settings",
    "sharing",
    "switch",
    "inbox",
    "messages",
    "bars",
    "search",
    "dialogs",
    "share_sheet",
    "public_page",
    "privacy",
    "room",
    "preferences",
    "motion",
)
FRAME = """\
/*
 * Everything on the pages that must work before, alongside or without React.
 *
 * All listeners are on window, so no element has to exist yet. The script writes
 * only where React doesn't render: into the empty elements that `slot()` makes,
 * and into attributes that no component sets. It contains no sentences of its
 * own; the element with the id "words" carries them, translated.
 */
"use strict";

(() => {{
// The public page has this script twice: also inline, so that it runs at once.
if (document.documentElement.classList.contains("scripted")) return;
document.documentElement.classList.add("scripted");

{parts}}})();
"""


class BrokenAssets(Exception):
    """Raised when the parts don't match their listed order; the message names the part."""


class JoinedAssets(Plugin):
    """Adds `/app.js` and `/app.css` to every Reflex build, in development too."""

    def get_stylesheet_paths(self, **_context: Any) -> Sequence[str]:
        """Add our stylesheet to every page, after those of earlier plugins."""
        return ["./app.css"]

    def pre_compile(self, **context: Any) -> None:
        """Replace the parts with the bundled files in what is served."""
        # Reflex has just copied the entire assets folder.
        for parts in (SCRIPTS, STYLES):
            shutil.rmtree(get_web_dir() / Dirs.PUBLIC / parts, ignore_errors=True)
        context["add_save_task"](_files)


def _files() -> list[tuple[str, str]]:
    """Return the bundled files; the stylesheet also goes where Vite looks for styles."""
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
    """Bundle the script for all pages: strict mode, one function scope, run only once."""
    return FRAME.format(parts=joined(ASSETS / SCRIPTS, SCRIPT_ORDER, "js"))


def stylesheet() -> str:
    """Bundle the stylesheet for all pages."""
    return joined(ASSETS / STYLES, STYLE_ORDER, "css")


def joined(folder: Path, order: tuple[str, ...], kind: str) -> str:
    """Join all parts in a folder.

    Args:
        folder: The folder that holds the parts.
        order: The parts' names, without the extension.
        kind: The extension, such as js.

    Raises:
        BrokenAssets: If a listed part is missing, or a part is listed twice or not at all.
    """
    present = {file.stem for file in folder.glob(f"*.{kind}")}
    place = f"{folder.parent.name}/{folder.name}"
    for name in order:
        if name not in present:
            raise BrokenAssets(f"{place}/{name}.{kind} is missing, and the pages need it.")
        if order.count(name) > 1:
            raise BrokenAssets(f"{place}/{name}.{kind} stands twice in the order of the parts.")
    for name in sorted(present - set(order)):
        raise BrokenAssets(
            f"{place}/{name}.{kind} has no place among the parts:"
            " name it in anonmsg/framework/assets.py."
        )
    return "\n".join((folder / f"{name}.{kind}").read_text(encoding="utf-8") for name in order)
