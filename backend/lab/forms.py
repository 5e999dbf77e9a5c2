"""Opening forms: what a page does before anybody can submit it.

An order to be paid or cancelled and goods to be counted are put there; a form token and the version that the form
shows are fetched over HTTP, as a page would.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote
from uuid import uuid4

import msgspec
import sqlalchemy as sa

from backend.lab.entries import Entries
from backend.lab.form_book import BlankForms, Form, FormBook, OpenForms
from backend.lab.senders.messages import Outcome
from backend.model.errors import SubmitTwiceError
from backend.model.plan import Intent, Plan
from backend.model.sentence import Code, say
from backend.model.vocabulary import OperationKey
from backend.shop.schema import PREPARED, goods, orders
from backend.strategies.base import Need
from backend.strategies.sql import insert_or_ignore


class FormCode(Code):
    """What is said of a form."""

    NOT_OPENED = "form.not_opened"


_BATCH = 1_000
_OPENED_AT_A_TIME = 10_000
"""So many forms are fetched at once."""
_ABOUT_AN_ORDER = frozenset({OperationKey.PAY_ORDER, OperationKey.CANCEL_ORDER})

Fetch = Callable[[str, Sequence[str]], Sequence[Outcome]]
"""Send one request (method) to each of these paths and return the outcomes in the same order."""


@dataclass
class HandedOut:
    """What a lab has put into a database and a Redis-protocol server, as far as it had a form for it."""

    intents: Entries = field(default_factory=Entries)
    """Operation and business key."""
    tokens: set[str] = field(default_factory=set)
    idempotency_keys: set[str] = field(default_factory=set)


class FormDesk:
    """Opens each form once, and hands the same one out for every further submission of the intent."""

    def __init__(self) -> None:
        self._opening = threading.Lock()
        self._forms: defaultdict[Need, FormBook] = defaultdict(FormBook)
        self._prepared = FormBook()
        """Of what was put into the database; these forms are blank."""
        self._handed_out: defaultdict[sa.URL, HandedOut] = defaultdict(HandedOut)
        """By database."""

    def clear(self) -> None:
        """Throw all forms away."""
        with self._opening:
            self._forms.clear()
            self._prepared = FormBook()

    def handed_out(self, database: sa.Engine) -> HandedOut:
        """What was made in a database for the intents whose forms were opened, since it was removed last."""
        with self._opening:
            return self._handed_out[database.url]

    def removed(self, database: sa.Engine) -> None:
        """What was handed out for this database is gone from it."""
        with self._opening:
            self._handed_out.pop(database.url, None)

    def reload(self, intents: Sequence[Intent]) -> None:
        """The pages of these intents are loaded anew: what their forms held is gone."""
        with self._opening:
            for need, book in self._forms.items():
                self._forms[need] = book.without(intents)

    def open(self, intents: Sequence[Intent], needs: frozenset[Need], database: sa.Engine, fetch: Fetch) -> OpenForms:
        """The forms of these intents.

        Raises:
            SubmitTwiceError: a form could not be opened.
        """
        with self._opening:
            self._prepare(intents, database)
            if not needs:
                return BlankForms()
            (need,) = needs
            book, handed_out = self._forms[need], self._handed_out[database.url]
            for batch in _batches(intents, _OPENED_AT_A_TIME):
                _fill(book, need, [intent for intent in batch if intent not in book], fetch)
                _note(map(book.of, batch), handed_out)
            return book

    def open_each(self, plan: Plan, needs: frozenset[Need], database: sa.Engine, fetch: Fetch) -> list[OpenForms]:
        """The forms of a plan for each of its submissions: the same ones, unless the page is reloaded in between.

        Raises:
            SubmitTwiceError: a form could not be opened.
        """
        loaded = [self.open(plan.intents, needs, database, fetch)]
        for _ in range(plan.submissions - 1):
            if plan.reload:
                self.reload(plan.intents)
                loaded.append(self.open(plan.intents, needs, database, fetch))
            else:
                loaded.append(loaded[0])
        return loaded

    def _prepare(self, intents: Sequence[Intent], database: sa.Engine) -> None:
        made = self._handed_out[database.url].intents
        for some in _batches(intents, _BATCH):
            batch = [intent for intent in some if intent not in self._prepared]
            if not batch:
                continue
            for intent in batch:
                made.add((intent.operation, intent.key))
            with database.begin() as connection:
                _put_orders(connection, [i for i in batch if i.operation in _ABOUT_AN_ORDER])
                _put_goods(connection, [i for i in batch if i.operation is OperationKey.ADD_STOCK])
            for intent in batch:
                self._prepared.put(intent)


def _batches(intents: Sequence[Intent], size: int) -> Iterator[Sequence[Intent]]:
    return (intents[start : start + size] for start in range(0, len(intents), size))


def _fill(book: FormBook, need: Need, intents: Sequence[Intent], fetch: Fetch) -> None:
    if not intents:
        return
    if need is Need.IDEMPOTENCY_KEY:
        for intent in intents:
            book.put(intent, Form(idempotency_key=str(uuid4())))
        return
    if need is Need.TOKEN:
        outcomes = fetch("POST", ["/tokens"] * len(intents))
    else:
        outcomes = fetch("GET", [form_path(intent) for intent in intents])
    for intent, outcome in zip(intents, outcomes, strict=True):
        book.put(intent, _read_form(outcome))


def _note(forms: Iterable[Form], handed_out: HandedOut) -> None:
    for form in forms:
        if form.token:
            handed_out.tokens.add(form.token)
        if form.idempotency_key:
            handed_out.idempotency_keys.add(form.idempotency_key)


def form_path(intent: Intent) -> str:
    """Where the form of an intent gets its version from."""
    if intent.operation is OperationKey.ADD_STOCK:
        return f"/goods/{quote(intent.item, safe='')}"
    return f"/orders/{quote(intent.key, safe='')}"


def _read_form(outcome: Outcome) -> Form:
    if outcome.status >= 400 or not outcome.status:
        raise SubmitTwiceError(say(FormCode.NOT_OPENED, reason=outcome.reason or str(outcome.status)))
    content = msgspec.json.decode(outcome.body, type=dict[str, object])
    token, version = content.get("token"), content.get("version")
    return Form(str(token) if token is not None else None, version if isinstance(version, int) else None)


def _put_orders(connection: sa.Connection, intents: Sequence[Intent]) -> None:
    there = _present(connection, orders.c.order_no, [intent.key for intent in intents])
    rows = [
        {"order_no": intent.key, "item": intent.item, "quantity": intent.quantity, "submission_id": PREPARED}
        for intent in intents
        if intent.key not in there
    ]
    if rows:
        connection.execute(sa.insert(orders), rows)


def _put_goods(connection: sa.Connection, intents: Sequence[Intent]) -> None:
    items = {intent.item for intent in intents}
    missing = items - _present(connection, goods.c.item, sorted(items))
    if missing:  # another lab may put them there at the same moment
        connection.execute(insert_or_ignore(connection, goods), [{"item": item} for item in sorted(missing)])


def _present(connection: sa.Connection, column: sa.Column[str], values: Sequence[str]) -> set[str]:
    if not values:
        return set()
    return set(connection.scalars(sa.select(column).where(column.in_(values))))
