"""The forms that were opened, by page, in few bytes besides what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from backend.lab.entries import Entries
from backend.lab.number_map import NONE
from backend.model.vocabulary import OperationKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backend.model.plan import Intent


class Form(msgspec.Struct, frozen=True, gc=False):
    """What a page holds besides the intent."""

    token: str | None = None
    version: int | None = None
    idempotency_key: str | None = None
    """Made up by the page when it is loaded, and sent with every attempt."""


BLANK = Form()

_StockPage = tuple[str, str]
"""Key and item: a page for goods is about one of these, and one key may be used for several."""


class FormBook:
    """Not thread-safe. Whoever opens forms for a run has the book; what is loaded anew goes into another one."""

    def __init__(self) -> None:
        self._pages = Entries()
        """Operation and key, with the place of the form."""
        self._forms: list[Form] = []
        self._stock: dict[_StockPage, Form] = {}

    def __contains__(self, intent: Intent) -> bool:
        """Whether there is a form for it."""
        if intent.operation is OperationKey.ADD_STOCK:
            return (intent.key, intent.item) in self._stock
        return (intent.operation, intent.key) in self._pages

    def put(self, intent: Intent, form: Form = BLANK) -> None:
        """The form for an intent, which had none."""
        if intent.operation is OperationKey.ADD_STOCK:
            self._stock[intent.key, intent.item] = form
        else:
            self._put((intent.operation, intent.key), form)

    def _put(self, page: tuple[str, str], form: Form) -> None:
        self._pages.add(page, len(self._forms))
        self._forms.append(form)

    def of(self, intent: Intent) -> Form:
        """Its form.

        Raises:
            KeyError: there is none.
        """
        if intent.operation is OperationKey.ADD_STOCK:
            return self._stock[intent.key, intent.item]
        number = self._pages.number((intent.operation, intent.key))
        if number == NONE:
            raise KeyError(intent.key)
        return self._forms[number]

    def without(self, intents: Iterable[Intent]) -> FormBook:
        """Another book with the forms of all others."""
        gone = FormBook()
        for intent in intents:
            if intent in self:
                gone.put(intent)
        other = FormBook()
        for page, form in self._plain():
            if page not in gone._pages:
                other._put(page, form)
        other._stock = {page: form for page, form in self._stock.items() if page not in gone._stock}
        return other

    def _plain(self) -> Iterator[tuple[tuple[str, str], Form]]:
        return ((page, self._forms[self._pages.number(page)]) for page in self._pages)


class BlankForms:
    """Stands for the forms of a variant that needs nothing: all are blank."""

    def of(self, _intent: Intent) -> Form:
        """Its form."""
        return BLANK


OpenForms = FormBook | BlankForms
