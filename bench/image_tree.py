"""Builds what `deploy/Dockerfile` builds, in folders, where no image can be pulled.

Every COPY, and every RUN of a stage that isn't the last, is done as Docker would do it,
but on this machine's Python instead of the base image's. RUN in the last stage adds a
user and an empty folder to the system, so it's left out.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from bench.servers import ROOT

DOCKERFILE = ROOT / "deploy" / "Dockerfile"
IGNORED = ROOT / ".dockerignore"
# A line that ends like this goes on.
GOES_ON = re.compile(r"\s*\\\n\s*")
Instruction = tuple[str, str]


@dataclass
class Stage:
    """One stage of a Dockerfile.

    Attributes:
        base: The image or stage that it begins from.
        name: Its own name; empty for the last.
        instructions: The words and what follows them, in order.
    """

    base: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def all_of(self, word: str) -> list[str]:
        """Return what follows each instruction with this word."""
        return [rest for each, rest in self.instructions if each == word]

    def one_of(self, word: str) -> str:
        """Return what follows the only instruction with this word."""
        (found,) = self.all_of(word)
        return found

    @property
    def env(self) -> dict[str, str]:
        """The environment that it sets."""
        pairs = [pair for rest in self.all_of("ENV") for pair in shlex.split(rest)]
        return dict(pair.split("=", 1) for pair in pairs)

    @property
    def command(self) -> list[str]:
        """What a container runs."""
        return list(map(str, json.loads(self.one_of("CMD"))))

    @property
    def health(self) -> list[str]:
        """What tells whether a container is healthy."""
        return list(map(str, json.loads(self.one_of("HEALTHCHECK").partition("CMD ")[2])))


@dataclass(frozen=True)
class Tree:
    """A built image's own files.

    Attributes:
        root: The folder that stands for `/`.
        stage: The stage that it was built by.
    """

    root: Path
    stage: Stage

    @property
    def home(self) -> Path:
        """The folder that the app runs in."""
        return self.root / self.stage.one_of("WORKDIR").lstrip("/")

    @property
    def python(self) -> Path:
        """The Python that the app runs with."""
        return self.home / ".venv" / "bin" / "python"


def stages(text: str | None = None) -> list[Stage]:
    """Return the stages of a Dockerfile, by default the one that's shipped."""
    source = DOCKERFILE.read_text() if text is None else text
    lines = [line for line in source.splitlines() if line.strip() and not line.startswith("#")]
    found: list[Stage] = []
    for line in GOES_ON.sub(" ", "\n".join(lines)).splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            found.append(Stage(base, name))
        else:
            found[-1].instructions.append((word, rest))
    return found


def shipped(text: str | None = None) -> list[Stage]:
    """Return the stages of the image that a build without a target makes.

    The last may only name the one that's meant, which then is the last.
    """
    found = stages(text)
    named = {each.name: number for number, each in enumerate(found)}
    if not found[-1].instructions:
        return found[: named[found[-1].base] + 1]
    return found


def context() -> Iterator[Path]:
    """Yield every file that Docker is given to build from, relative to the checkout."""
    patterns = [line for line in IGNORED.read_text().splitlines() if line and line[0] != "#"]
    for top in {line[1:] for line in patterns if line.startswith("!")}:
        there = ROOT / top
        files = [there] if there.is_file() else [*there.rglob("*")]
        for file in files:
            path = file.relative_to(ROOT)
            if file.is_file() and not _is_ignored(path, patterns):
                yield path


def _is_ignored(path: Path, patterns: list[str]) -> bool:
    """Return whether the last pattern that fits a path or a folder around it ignores it."""
    places = [path, *path.parents[:-1]]
    fitting = [
        pattern
        for pattern in patterns
        if any(_fits(str(place), pattern.removeprefix("!")) for place in places)
    ]
    return bool(fitting) and not fitting[-1].startswith("!")


def _fits(place: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatch(Path(place).name, pattern[3:])
    return place.count("/") == pattern.count("/") and fnmatch(place, pattern)


def build(folder: Path) -> Tree:
    """Build the tree in a folder.

    Raises:
        subprocess.CalledProcessError: a RUN failed.
    """
    python = _put_python(folder / "python")
    roots: dict[str, Path] = {}
    *earlier, last = shipped()
    for stage in (*earlier, last):
        root = roots[stage.name] = folder / (stage.name or "image")
        at = root
        for word, rest in stage.instructions:
            if word == "WORKDIR":
                at = root / rest.lstrip("/")
                at.mkdir(parents=True, exist_ok=True)
            elif word == "COPY":
                _copy(rest, at, roots)
            elif word == "RUN" and stage is not last:
                _run(rest, at, python)
    return Tree(roots[last.name], last)


def _put_python(folder: Path) -> Path:
    """Return a folder where `python` is this machine's, as the base image has its own.

    One that only its owner may read is copied, so that the tree serves anybody.
    """
    there = Path(sys._base_executable).resolve()  # noqa: SLF001
    if all(each.stat().st_mode & 0o001 for each in there.parents):
        (folder / "bin").mkdir(parents=True)
        (folder / "bin" / "python").symlink_to(there)
    else:
        unused = shutil.ignore_patterns("site-packages", "test")
        shutil.copytree(sys.base_prefix, folder, symlinks=True, ignore=unused)
    return folder / "bin"


def _run(command: str, at: Path, first: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    env["PATH"] = os.pathsep.join([str(first), "/usr/local/bin", "/usr/bin", "/bin"])
    subprocess.run(["/bin/sh", "-c", command], cwd=at, env=env, check=True, stdout=sys.stderr)


def _copy(rest: str, at: Path, roots: dict[str, Path]) -> None:
    *options, source, target = shlex.split(rest)
    if options:
        (option,) = options
        there = roots[option.removeprefix("--from=")] / source.lstrip("/")
        if there.is_dir():
            _put_all(there, [each.relative_to(there) for each in _files(there)], at / target)
        else:
            _put_all(there.parent, [Path(there.name)], at / target)
        return
    names = [path for path in context() if path == Path(source) or Path(source) in path.parents]
    begin = (ROOT / source).parent if (ROOT / source).is_file() else ROOT / source
    _put_all(begin, [(ROOT / name).relative_to(begin) for name in names], at / target)


def _files(folder: Path) -> Iterator[Path]:
    for each in folder.rglob("*"):
        if each.is_file() or each.is_symlink():
            yield each


def _put_all(there: Path, names: list[Path], here: Path) -> None:
    here.mkdir(parents=True, exist_ok=True)
    for name in names:
        (here / name.parent).mkdir(parents=True, exist_ok=True)
        shutil.copy2(there / name, here / name, follow_symlinks=False)
