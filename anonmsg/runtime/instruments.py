"""What is measured, as prometheus-client keeps it.

No label names a person, an inbox or a network: labels are routes, handlers and limits by
the names they have in the code. No series tells when something happened for the first
time either, as the library would by default: beside an empty inbox, that is a message's
time to the microsecond.

Importing this decides where the values are: see `runtime/metrics.py`.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from anonmsg.config.version import VERSION
from anonmsg.runtime.rate_limits import LIMITS

# Seconds. Whoever waits longer than four for a hash is usually told to come back.
HASHING_BUCKETS = (0.05, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)

# What is limited besides what is in the table of rate limits.
OTHER_LIMITS = ("failed_sign_ins", "guesses", "hashing", "requests", "sockets", "frames")

disable_created_metrics()  # type: ignore[no-untyped-call]


class Instruments:
    """All counters and gauges of one process."""

    def __init__(self) -> None:
        """Make them, at zero."""
        self.registry = CollectorRegistry()
        self.requests = self._counter("requests", "Answered requests.", "route", "method", "status")
        self.events = self._counter("events", "Events of open tabs.", "handler")
        self.messages = self._counter("messages", "Messages that were kept.")
        self.refusals = self._counter("refusals", "Attempts beyond a limit.", "limit")
        self.incidents = self._counter("incidents", "Failures that are in the log by number.")
        self.mails = self._counter("mails", "Attempts to hand over an email.", "outcome")
        self.hashing_wait = Histogram(
            "anonmsg_hashing_wait_seconds",
            "How long a password waited for a hashing thread.",
            buckets=HASHING_BUCKETS,
            registry=self.registry,
        )
        self.queue = self._gauge("queue_length", "What waits in a queue.", "livesum", "queue")
        self.sockets = self._gauge("sockets", "Open sockets.", "livesum")
        self.workers = self._gauge("workers", "Processes that serve.", "livesum")
        self.database = self._gauge(
            "database_connections_in_use", "Database connections in use.", "livesum"
        )
        self.bus_lag = self._gauge(
            "bus_lag_seconds", "How long an announcement took through Redis.", "livemax"
        )
        self.mails_waiting = self._gauge(
            "mails_waiting", "Emails that wait to be sent.", "livemostrecent"
        )
        self.mail_lag = self._gauge(
            "mail_lag_seconds", "Age of the oldest email that waits.", "livemostrecent"
        )
        # At zero from the start, so that the first refusal is seen as one.
        for limit in (*LIMITS, *OTHER_LIMITS):
            self.refusals.labels(limit)
        self.info = self._gauge("info", "The version that is running.", "max", "version")
        self.info.labels(VERSION).set(1)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"anonmsg_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, mode: str, *labels: str) -> Gauge:
        """Make a gauge.

        Args:
            name: Its name.
            text: What it is.
            mode: How the values of several processes become one.
            *labels: Its labels.
        """
        return Gauge(
            f"anonmsg_{name}",
            text,
            labels,
            registry=self.registry,
            multiprocess_mode=mode,  # type: ignore[arg-type]
        )
