"""Patches files that Reflex generates; if a patch doesn't apply, the build fails and says why.

A patch that silently fails could leave a page without its form, or rename every
script on each restart.
"""

from __future__ import annotations

from collections.abc import Callable


class GeneratedFileChanged(Exception):
    """Raised when a patch no longer applies; the message names the file."""


def replacing(file: str, old: str, new: str) -> Callable[[str], str]:
    """Return a patch for Reflex's `add_modify_task` that replaces one text with another.

    Args:
        file: The file's name, for the error message.
        old: The text to replace.
        new: The replacement; a file that already contains it is left unchanged.

    Returns:
        A function that takes and returns the file's text, and raises
        GeneratedFileChanged if it finds neither text.
    """

    def change(text: str) -> str:
        if new in text:
            return text
        if old not in text:
            raise GeneratedFileChanged(
                f"Reflex has changed what it writes into {file}: there is no {old!r} any more, "
                f"which anonmsg replaces (anonmsg/framework). Compare the new file and mend that."
            )
        return text.replace(old, new, 1)

    return change
