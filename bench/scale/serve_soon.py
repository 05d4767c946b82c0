"""Serves the app as `python -m anonmsg serve` does, but without choice in the random moment.

It's always the shortest one, so that what comes on top of it can be measured.
"""

from __future__ import annotations

import sys
from functools import partial

from anonmsg.runtime import topics

MOMENT = topics.A_MOMENT[0]


def main() -> None:
    """Serve with the arguments of this process."""
    # This comes before the app is imported, which makes its hub then.
    topics.Hub = partial(topics.Hub, moment=(MOMENT, MOMENT))  # type: ignore[assignment,misc]
    from anonmsg.commands import cli  # noqa: PLC0415  (see above)

    cli(["serve", *sys.argv[1:]], prog_name="anonmsg")


if __name__ == "__main__":
    main()
