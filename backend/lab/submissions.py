"""What a run submits: requests and messages, with the headers that name them and set their knobs; and the replies."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol
from urllib.parse import urlencode

import msgspec

from backend.instance import says  # noqa: F401  whoever reads an answer has to know its codes
from backend.instance.headers import DELAY_HEADER, FAULTS_HEADER, GATEWAY_HEADER, LEASE_HEADER, SUBMISSION_HEADER
from backend.instance.queue import Message
from backend.instance.settings import THREADS
from backend.lab.form_book import Form, OpenForms
from backend.lab.senders.http import build_request
from backend.lab.senders.messages import Delivery, Job, Outcome, Target
from backend.lab.senders.retries import PORT_PLACE
from backend.model.faults import at_steps, milliseconds
from backend.model.intents import operations
from backend.model.kept import AT_A_TIME
from backend.model.observed import Reply
from backend.model.plan import Intent, Plan, Setup
from backend.model.sentence import Code, Sentence, from_document, plain, say
from backend.model.vocabulary import Answer, FaultKind, OperationKey, Source
from backend.strategies.base import Strategy, Variant


class CallerCode(Code):
    """What a caller makes of an answer, or of its lack."""

    GAVE_UP = "caller.gave_up"
    NOT_UNDERSTOOD = "caller.not_understood"


_CONNECTIONS = 200
_SUCCESS = range(200, 300)


class Address(Protocol):
    """Where submissions go."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """The instances."""

    @property
    def token(self) -> str:
        """Bearer token of the instances."""


class Submissions:
    """Words the submissions of one run.

    Args:
        number: of the run.
        name: of the run, which no other run has; it names its submissions.
        setup: the backend's side.
        plan: the caller's side.
        strategy: asked for in each of them.
        variant: of that strategy.
        address: where they go.
    """

    def __init__(
        self,
        number: int,
        name: str,
        setup: Setup,
        plan: Plan,
        strategy: Strategy,
        variant: Variant,
        address: Address,
    ) -> None:
        self._number = number
        self._name = name
        self._setup = setup
        self._plan = plan
        self._strategy = strategy
        self._variant = variant
        self._address = address

    def fetches(self, method: str, paths: Sequence[str]) -> list[Delivery]:
        """Requests without a body, one for each path, for what a page loads."""
        targets, token = self._address.targets, self._address.token
        return [
            Delivery(
                submission_id=f"form-{self._name}-{n}",
                intent_key=str(n),
                target=n % len(targets),
                request=_request(method, path, targets[n % len(targets)], token, {}, None),
            )
            for n, path in enumerate(paths)
        ]

    def messages(self, forms: Sequence[OpenForms]) -> Iterator[Message]:
        """Those of the plan, for the queue."""
        numbers = itertools.count(1)
        for index, intent in enumerate(self._plan.intents):
            path = submission_path(intent.operation, self._strategy, self._variant)
            for position, form in enumerate(forms):
                submission = f"{self._name}.{next(numbers)}"
                body = self._body(intent, position, form)
                headers = self._headers(submission, form.of(intent)) | self._fault_headers(index)
                yield Message(submission, intent.key, path, body, headers)

    def _body(self, intent: Intent, position: int, form: OpenForms) -> bytes:
        edited = replace(intent, quantity=intent.quantity + position) if self._plan.edit else intent
        return submission_body(edited, form.of(intent))

    def _headers(self, submission: str, form: Form) -> dict[str, str]:
        key = {"Idempotency-Key": f'"{form.idempotency_key}"'} if form.idempotency_key else {}
        return key | {
            SUBMISSION_HEADER: submission,
            DELAY_HEADER: str(self._setup.processing_delay_ms),
            LEASE_HEADER: str(milliseconds(self._setup.faults, FaultKind.LEASE, self._setup.lease_ms)),
            GATEWAY_HEADER: self._setup.gateway_keys.value,
        }

    def _fault_headers(self, intent: int) -> dict[str, str]:
        faults = at_steps(self._setup.faults)
        return {FAULTS_HEADER: " ".join([f"{self._name}-{intent}", *map(str, faults)]), **PORT_PLACE} if faults else {}

    def job(self, forms: Sequence[OpenForms]) -> tuple[Job, Iterator[Delivery]]:
        """Those of the plan, for the sender: a job with the first ones, and the rest."""
        plan = self._plan
        rest = self._deliveries(forms)
        first = tuple(itertools.islice(rest, AT_A_TIME))
        return self._job(first, more=len(plan.intents) * plan.submissions > len(first)), rest

    def _job(self, deliveries: tuple[Delivery, ...], *, more: bool) -> Job:
        plan = self._plan
        holds_back = self._strategy.client_holds_back
        return Job(
            job_id=self._number,
            targets=self._address.targets,
            deliveries=deliveries,
            more=more,
            pace=plan.pace,
            interval_ms=plan.interval_ms,
            timeout_ms=plan.timeout_ms,
            connections=self._connections(),
            disable_button=plan.disable_button or holds_back,
            once_per_intent=holds_back,
            retries=plan.retries if plan.source is Source.RETRY else 0,
            retry_on=plan.retry_on,
            backoff_ms=plan.backoff_ms,
            network_ms=milliseconds(self._setup.faults, FaultKind.NETWORK),
            awaits_instances=bool(self._setup.faults),
            names_ports=bool(at_steps(self._setup.faults)),
        )

    def _connections(self) -> int:
        """Where a process is to crash, no more callers at a time than it can handle, so that none dies waiting."""
        if any(fault.kind is FaultKind.CRASH for fault in self._setup.faults):
            return min(_CONNECTIONS, len(self._address.targets) * THREADS)
        return _CONNECTIONS

    def _deliveries(self, forms: Sequence[OpenForms]) -> Iterator[Delivery]:
        numbers = itertools.count(1)
        targets, token = self._address.targets, self._address.token
        paths = {
            operation: submission_path(operation, self._strategy, self._variant)
            for operation in operations(self._plan.intents)
        }
        for index, intent in enumerate(self._plan.intents):
            path = paths[intent.operation]
            for position, form in enumerate(forms):
                number = next(numbers)
                target = (self._number + number) % len(targets)
                submission = f"{self._name}.{number}"
                body = self._body(intent, position, form)
                headers = self._headers(submission, form.of(intent)) | self._fault_headers(index)
                request = _request("POST", path, targets[target], token, headers, body)
                yield Delivery(submission, intent.key, target, request)


def submission_path(operation: OperationKey, strategy: Strategy, variant: Variant) -> str:
    """Path and query of a submission."""
    query = urlencode({"strategy": strategy.key, "variant": variant.key})
    return f"/operations/{operation}?{query}"


def submission_body(intent: Intent, form: Form) -> bytes:
    """Body of a submission."""
    content: dict[str, object] = {
        intent.operation.key_field: intent.key,
        "item": intent.item,
        "quantity": intent.quantity,
    }
    if form.token is not None:
        content["token"] = form.token
    if form.version is not None:
        content["version"] = form.version
    return msgspec.json.encode(content)


def to_reply(outcome: Outcome) -> Reply:
    """What the caller of a submission saw, in the words of the model."""
    answer, detail = Answer.ERROR, outcome.reason
    if outcome.timed_out:
        answer, detail = Answer.TIMEOUT, say(CallerCode.GAVE_UP)
    elif outcome.status and not outcome.held_back:
        answer, detail = _read_answer(outcome)
        if outcome.replayed and outcome.status in _SUCCESS:
            answer = Answer.REPLAYED
    return Reply(
        outcome.submission_id,
        outcome.intent_key,
        answer,
        outcome.status,
        detail,
        outcome.sent_ns,
        outcome.received_ns,
        outcome.held_back,
        outcome.retry_of,
    )


def _read_answer(outcome: Outcome) -> tuple[Answer, Sentence | None]:
    try:
        content = msgspec.json.decode(outcome.body, type=dict[str, object])
        answer = Answer(str(content["answer"]))
    except (msgspec.DecodeError, KeyError, ValueError):
        return Answer.ERROR, say(CallerCode.NOT_UNDERSTOOD, status=outcome.status)
    detail = str(content.get("detail", ""))
    return answer, from_document(content) or (plain(detail) if detail else None)


def _request(
    method: str, path: str, target: Target, token: str, headers: Mapping[str, str], body: bytes | None
) -> bytes:
    return build_request(method, path, host=target.host, port=target.port, token=token, headers=headers, body=body)
