"""A report as the JSON of the command line."""

from __future__ import annotations

from backend.model import Report


def report_document(report: Report) -> dict[str, object]:
    """The document that ``main.py run --json`` writes.

    ``submissions`` is the number asked for per intent, ``sent`` the number that left for the backend in all.
    """
    return {
        "operation": report.operation.value,
        "strategy": report.setup.strategy,
        "variant": report.setup.variant,
        "source": report.source.value,
        "intents": report.intents,
        "submissions": report.submissions,
        "sent": report.sent,
        "instances": report.instances,
        "processing_delay_ms": report.setup.processing_delay_ms,
        "lease_ms": report.setup.lease_ms,
        "gateway_keys": report.setup.gateway_keys.value,
        "faults": [str(fault) for fault in report.setup.faults],
        "effects": report.effects,
        "verdicts": {verdict.value: count for verdict, count in report.verdicts.items()},
        "answers": {answer.value: count for answer, count in report.answers.items()},
        "latency_ms": {"p50": _rounded(report.p50_ms), "p99": _rounded(report.p99_ms)},
        "steps_per_submission": {engine.value: mean for engine, mean in report.steps_per_submission.items()},
        "contradictions": list(map(str, report.contradictions)),
        "cancelled": report.cancelled,
        "seconds": round(report.seconds, 3),
    }


def _rounded(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds, 3)
