"""A report as the JSON of the command line."""

from __future__ import annotations

import time

from backend.model.judgement import Report
from backend.model.observed import AtWork
from backend.model.vocabulary import RetryCause


def report_document(report: Report) -> dict[str, object]:
    """The document that ``main.py run --json`` writes.

    ``submissions`` is the number asked for per intent, ``sent`` the number that left for the backend in all.
    """
    setup = report.setup
    return {
        "operation": report.operation.value,
        "strategy": report.setup.strategy,
        "variant": report.setup.variant,
        "source": report.source.value,
        "intents": report.intents,
        "submissions": report.submissions,
        "sent": report.sent,
        "instances": report.instances,
        "retry_on": [cause.value for cause in RetryCause if cause in report.retry_on],
        "processing_delay_ms": report.setup.processing_delay_ms,
        "lease_ms": report.setup.lease_ms,
        "redis_topology": setup.redis_topology.value if setup.redis_topology else None,
        "redis_persistence": setup.redis_persistence.value if setup.redis_persistence else None,
        "replication": setup.replication.value,
        "replica_lag_ms": setup.replica_lag_ms,
        "visibility_timeout_ms": report.setup.visibility_timeout_ms,
        "deduplication_ms": setup.deduplication_ms,
        "prefetch": setup.prefetch,
        "zookeeper_servers": setup.zookeeper_servers,
        "gateway_keys": report.setup.gateway_keys.value,
        "faults": [str(fault) for fault in report.setup.faults],
        "missed_faults": [str(fault) for fault in report.missed_faults],
        "effects": report.effects,
        "verdicts": {verdict.value: count for verdict, count in report.verdicts.items()},
        "lost": list(report.lost),
        "answers": {answer.value: count for answer, count in report.answers.items()},
        "latency_ms": {"p50": _rounded(report.p50_ms), "p99": _rounded(report.p99_ms)},
        "steps_per_submission": {engine.value: mean for engine, mean in report.steps_per_submission.items()},
        "untraced": report.untraced,
        "contradictions": list(map(str, report.contradictions)),
        "contradicting": report.contradicting,
        "cancelled": report.cancelled,
        "out_of_time": report.out_of_time,
        "broken_off": str(report.broken_off) if report.broken_off else None,
        "working": report.working,
        "at_work": [_at_work(one, report.ended_ns) for one in report.at_work],
        "seconds": round(report.seconds, 3),
    }


def _at_work(one: AtWork, ended_ns: int) -> dict[str, object]:
    """``seconds`` since it began, or since it was sent where it has not begun."""
    seconds = ((ended_ns or time.monotonic_ns()) - one.since_ns) / 1e9
    return {
        "submission": one.submission_id,
        "intent": one.intent_key,
        "instance": one.instance,
        "begun": one.begun,
        "seconds": round(seconds, 3),
        "step": one.step,
    }


def _rounded(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds, 3)
