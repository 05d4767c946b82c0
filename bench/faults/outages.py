"""Takes the disk, the database, Redis or the mail server away, and gives it back.

    python -m bench.faults.outages
    python -m bench.faults.outages --seconds 3 --only disk

Nobody may be told that something was sent that wasn't, a refused form must come back
with its text, and everything must go on by itself once the part is there again.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

from bench.faults import outages_of_mail, report
from bench.faults.outages_of_servers import postgresql_away, redis_away
from bench.faults.outages_of_storage import Full, Locked, outage
from bench.faults.report import Row, Rows

SECONDS, SENDERS = 20.0, 10
MOST = {"false acks": 0, "lost": 0, "doubled": 0, "texts lost": 0, "crashes": 0, "not back": 0}


def measure(seconds: float = SECONDS, senders: int = SENDERS, only: str = "") -> Rows:
    """Return the figures of each outage.

    Args:
        seconds: How long the disk is full, the database locked, PostgreSQL or Redis away;
            mail servers are away as long as it takes the app to notice.
        senders: How many send meanwhile.
        only: Only those whose name has this in it.
    """
    full = Full()
    outages: dict[str, Callable[[], Row]] = {
        f"disk full ({full.kind})": partial(outage, full, seconds, senders),
        "database locked": partial(outage, Locked(), seconds, senders),
        "PostgreSQL away": partial(outage, postgresql_away(), seconds, senders),
        "Redis away": partial(outage, redis_away(), seconds, senders),
        **{
            f"mail server {name}": partial(outages_of_mail.outage, answers)
            for name, answers in outages_of_mail.OUTAGES.items()
        },
    }
    return {name: happen() for name, happen in outages.items() if only in name}


def main() -> None:
    """Measure, and print a table and a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--senders", type=int, default=SENDERS)
    parser.add_argument("--only", default="", help="only the outages whose name has this in it")
    options = parser.parse_args()
    report.show("outages", measure(options.seconds, options.senders, options.only), MOST)


if __name__ == "__main__":
    main()
