"""A check as JSON, Markdown, HTML and JUnit XML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from backend.files.printable import printable
from backend.model.sentence import ENGLISH, say, to_document, words
from backend.model.vocabulary import Verdict
from backend.service.outside.words import (
    GLYPHS,
    CheckCode,
    check_lines,
    counted,
    failure_sentence,
    remarks,
    situation_term,
    step_line,
    told,
    verdict_sentence,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.model.observed import Step
    from backend.service.outside.model import Check, IntentResult, SituationResult

_STYLE = """
:root { color-scheme: light dark; font-family: system-ui, sans-serif; font-size: 15px; line-height: 1.45; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0 2rem; }
th, td { text-align: left; padding: 0.35rem 0.6rem; border-bottom: 1px solid #8884; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
td.exactly_once { background: #009e7326; } td.duplicated { background: #e69f0055; } td.lost { background: #d9c40055; }
td.stuck { background: #56b4e955; } td.undecided { background: #8a94a033; }
p.verdict { font-size: 1.6rem; } pre { overflow-x: auto; }
"""
_HEADS = (
    CheckCode.HEAD_SITUATION,
    CheckCode.HEAD_VERDICT,
    CheckCode.HEAD_EFFECTS,
    CheckCode.HEAD_ANSWERS,
    CheckCode.HEAD_REACHED,
)


def check_document(check: Check, language: str = ENGLISH) -> dict[str, object]:
    """The JSON document of ``check --json``; keys are the same in every language, sentences are not."""
    return {
        "service": check.service,
        "exactly_once": check.is_exactly_once,
        "cancelled": check.is_cancelled,
        "broken_off": words(check.broken_off, language) if check.broken_off else None,
        "situations": [_situation_document(situation, language) for situation in check.situations],
        "requests": {"submissions": check.submitted, "others": check.asked},
        "unattributed_steps": check.unattributed,
        "quiet_seconds": round(check.afterwards_s, 3),
        "seconds": round(check.seconds, 3),
    }


def _situation_document(situation: SituationResult, language: str) -> dict[str, object]:
    return {
        "situation": situation.situation.value,
        "intents": len(situation.intents),
        "submissions": sum(len(intent.answers) for intent in situation.intents),
        "reached": situation.reached,
        "effects": situation.effects,
        "verdicts": {verdict.value: count for verdict, count in situation.verdicts.items()},
        "answers": {answer.value: count for answer, count in situation.answers.items()},
        "contradictions": [
            {"intent": key, "sentence": words(sentence, language)} for key, sentence in situation.contradictions
        ],
        "skipped": None if situation.skipped is None else words(situation.skipped, language),
        "note": None if situation.note is None else to_document(situation.note),
        "faults": [{"fault": fault, "struck": struck} for fault, struck in situation.struck],
        "worst": None if situation.worst is None else _intent_document(situation.worst),
        "seconds": round(situation.seconds, 3),
    }


def _intent_document(intent: IntentResult) -> dict[str, object]:
    return {
        "intent": intent.key,
        "verdict": intent.verdict.value,
        "effects": intent.effects,
        "answers": [answer.value for answer in intent.answers],
        "steps": [_step_document(step) for step in intent.steps],
    }


def _step_document(step: Step) -> dict[str, object]:
    return {
        "submission": step.submission_id,
        "instance": step.instance,
        "engine": step.engine.value,
        "command": step.command,
        "answer": step.answer,
        "error": step.error,
        "ms": round((step.ended_ns - step.started_ns) / 1e6, 3),
    }


def check_markdown(check: Check, language: str = ENGLISH) -> str:
    """A table for an issue or a pull request."""
    lines = [f"### {words(say(CheckCode.TITLE, service=check.service), language)}", ""]
    lines += [words(verdict_sentence(check), language), ""]
    lines.append("| " + " | ".join(words(say(head), language) for head in _HEADS) + " |")
    lines.append("| " + " | ".join("---" for _ in _HEADS) + " |")
    for situation in check.situations:
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in _cells(situation, language)) + " |")
    if check.broken_off:
        lines += ["", words(say(CheckCode.BROKEN_OFF, reason=check.broken_off), language)]
    notes = [(situation, remark) for situation in check.situations for remark in remarks(situation)]
    if notes:
        lines.append("")
        lines += [f"- {words(situation_term(s.situation), language)}: {words(remark, language)}" for s, remark in notes]
    return "\n".join(lines) + "\n"


def check_html(check: Check, language: str = ENGLISH) -> str:
    """One page that can be mailed; nothing is fetched from anywhere."""
    return "\n".join(_page(check, language)) + "\n"


def check_junit(check: Check, language: str = ENGLISH) -> str:
    """JUnit XML: a suite for each situation, a case for each intent. Names are keys; what failed is in words."""
    root = ET.Element("testsuites", name=f"submit-twice {check.service}", time=f"{check.seconds:.3f}")
    for situation in check.situations:
        failures = sum(intent.verdict is not Verdict.EXACTLY_ONCE for intent in situation.intents)
        suite = ET.SubElement(
            root,
            "testsuite",
            name=situation.situation.value,
            tests=str(len(situation.intents) or 1),
            failures=str(failures),
            errors="0",
            skipped="1" if situation.skipped else "0",
            time=f"{situation.seconds:.3f}",
        )
        if situation.skipped:
            case = ET.SubElement(suite, "testcase", classname=situation.situation.value, name="skipped")
            ET.SubElement(case, "skipped", message=words(situation.skipped, language))
        for intent in situation.intents:
            case = ET.SubElement(suite, "testcase", classname=situation.situation.value, name=intent.key)
            if intent.verdict is not Verdict.EXACTLY_ONCE:
                failure = ET.SubElement(
                    case, "failure", message=words(failure_sentence(intent), language), type=intent.verdict.value
                )
                failure.text = "\n".join(step_line(step, language) for step in intent.steps)
    _totals(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + printable(ET.tostring(root, encoding="unicode")) + "\n"


def _totals(root: ET.Element) -> None:
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))


def _cells(situation: SituationResult, language: str) -> Iterator[str]:
    yield words(situation_term(situation.situation), language)
    worst = situation.worst
    if worst is None:
        yield from ["\N{EN DASH}"] * 4
        return
    between = ", "
    glyph = GLYPHS[worst.verdict]
    yield f"{glyph} " + between.join(words(sentence, language) for sentence in counted(situation))
    yield str(situation.effects)
    yield between.join(words(sentence, language) for sentence in told(situation))
    yield f"{situation.reached}/{len(situation.intents)}"


def _page(check: Check, language: str) -> Iterator[str]:
    title = words(say(CheckCode.TITLE, service=check.service), language)
    yield f'<!DOCTYPE html>\n<html lang="{language.replace("_", "-")}">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{escape(title)}</h1>"
    yield f'<p class="verdict">{escape(words(verdict_sentence(check), language))}</p>'
    yield "<table>\n<tr>" + "".join(f"<th>{escape(words(say(head), language))}</th>" for head in _HEADS) + "</tr>"
    for situation in check.situations:
        name, verdict, effects, answers, reached = map(escape, _cells(situation, language))
        kind = situation.worst.verdict.value if situation.worst else ""
        notes = "".join(f"<br><small>{escape(words(remark, language))}</small>" for remark in remarks(situation))
        yield f'<tr><td>{name}{notes}</td><td class="{kind}">{verdict}</td><td class="number">{effects}</td>'
        yield f'<td>{answers}</td><td class="number">{reached}</td></tr>'
    yield "</table>\n<pre>" + escape("\n".join(check_lines(check, language))) + "</pre>\n</body>\n</html>"
