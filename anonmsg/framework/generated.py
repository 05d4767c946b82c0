"""Changes to files that Reflex generates: made, or the build stops and says why.

A replacement that finds nothing would leave a page without its form, or a
restart with new names for every script, and nobody would hear of it.
"""

from __future__ import annotations

from collections.abc import Callable


class GeneratedFileChanged(Exception):
    """Raised when a generated file has no place for a change any more; says which."""


def replacing(file: str, old: str, new: str) -> Callable[[str], str]:
    """A change for Reflex's `add_modify_task`: one text of a file for another.

    Args:
        file: The file, as the sentence of a failure names it.
        old: What stands in it.
        new: What stands there afterwards; a file that has it already is left alone.

    Returns:
        A function from the file's text to the changed text, which raises
        GeneratedFileChanged where neither is found.
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
