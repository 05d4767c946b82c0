"""What is written into a page does the same as the files it comes from, in fewer bytes."""

from __future__ import annotations

import gzip
from pathlib import Path

from anonmsg.web.prerendered import inlining
from tests.supported_browsers import every_script, rewritten


def inlined(script: str, tmp_path: Path) -> str:
    """A script as it's written into a page."""
    (tmp_path / "app.js").write_text(script)
    return str(inlining._script(tmp_path / "app.js"))


def test_a_script_without_its_comments_is_the_same_script(tmp_path: Path) -> None:
    script = every_script()
    lean = inlined(script, tmp_path)
    # esbuild drops comments too, and writes what is left in one way.
    assert rewritten(lean, "esnext") == rewritten(script, "esnext")
    assert len(gzip.compress(lean.encode())) < 0.75 * len(gzip.compress(script.encode()))


def test_only_whole_lines_are_comments(tmp_path: Path) -> None:
    code = 'a("https://x"); // kept\nb("/* kept */");\n/* kept */ c();\nconst d = /\\/*x*/;\n'
    assert inlined(code, tmp_path) == code
    assert inlined(f"/* gone\n * too\n */\n  // gone\n{code}/** Gone. */\n", tmp_path) == code
