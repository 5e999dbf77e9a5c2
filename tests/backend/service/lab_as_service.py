"""Every strategy of the lab as a request to a foreign service: what its file would say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backend.model.vocabulary import EngineKind, OperationKey
from backend.service.description import Before, Database, Description, Effects, Preparation, Redis, Request, Service
from backend.shop.operations import OPERATIONS
from backend.strategies import all_strategies
from backend.strategies.base import Need, Variant
from tests.services.forking import COMMAND
from tests.services.lab_instance import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.engines.bare import BareEngines

ROOT = Path(__file__).parents[3]
_SCRIPT = "tests/services/lab_instance.py"
_BEARER = f"Bearer {TOKEN}"
_ORDER = "INSERT INTO orders (order_no, item, quantity, submission_id) VALUES ({key}, 'item', 1, 'form')"


@dataclass(frozen=True, slots=True)
class Case:
    """A variant and an operation that it guards."""

    operation: OperationKey
    strategy: str
    variant: Variant

    def __str__(self) -> str:
        return f"{self.operation} {self.strategy} {self.variant.key}"


NO_DIALECT = "ZooKeeper's protocol has no dialect: its steps would pass unseen, and no schedule could hold them back"
NO_STANDBY = "a service is given one database by its file, and no standby of it"
NO_KEYS = "the gateway of a service's file keeps every call: it honours no Idempotency-Key"
_ENGINES_OF_A_LAB = {EngineKind.ZOOKEEPER: NO_DIALECT, EngineKind.STANDBY: NO_STANDBY}


def cases() -> Iterator[Case]:
    """All of them, also those that cannot be compared on the wire: `reason_against` says which."""
    for strategy in all_strategies():
        for variant in strategy.variants:
            for operation in OperationKey:
                if operation in variant.info.guards:
                    yield Case(operation, strategy.key, variant)


def reason_against(case: Case) -> str:
    """Why a case cannot be compared on the wire; empty where it can."""
    if case.strategy == "outbox" and case.variant.key == "relay-with-key":
        return NO_KEYS
    return next((_ENGINES_OF_A_LAB[engine] for engine in sorted(case.variant.engines)), "")


def seen_from_outside(case: Case) -> tuple[str, str]:
    """What a case is where each instance is a process of its own: there a mutex keeps nobody out."""
    return ("none", "check-then-act") if case.strategy == "local-lock" else (case.strategy, case.variant.key)


def description(case: Case, engines: BareEngines) -> Description:
    """What the file of a service would say that does this."""
    operation = case.operation
    return Description(
        service=Service(
            command=[*COMMAND, _SCRIPT],
            setup=[[*COMMAND, _SCRIPT, "create-tables"]],
            environment={
                "PORT": "{port}",
                "DATABASE_URL": "{postgresql}",
                "REDIS_URL": "{redis}",
                "GATEWAY": "{gateway}",
            },
        ),
        database=Database(url=engines.database),
        redis=Redis(url=engines.redis),
        request=Request(
            path=f"/operations/{operation}?strategy={case.strategy}&variant={case.variant.key}",
            headers={
                "Authorization": _BEARER,
                "Content-Type": "application/json",
                "Idempotency-Key": "{key}",
                "LAB-SUBMISSION": "submission-{n}",
            },
            body=_body(case),
        ),
        before=_form(case),
        effects=_effects(operation),
    )


def _body(case: Case) -> str:
    fields = [f'"{case.operation.key_field}": "{{key}}"', '"item": "item-{key}"', '"quantity": 1']
    if Need.TOKEN in case.variant.needs:
        fields.append('"token": "{token}"')
    if Need.VERSION in case.variant.needs:
        fields.append('"version": {version}')
    return "{ " + ", ".join(fields) + " }"


def _form(case: Case) -> Before:
    """What a page does before anybody can submit it."""
    headers, sql = {"Authorization": _BEARER}, ""
    is_stock = case.operation is OperationKey.ADD_STOCK
    if is_stock:
        sql = "INSERT INTO goods (item) VALUES ('item-' || {key})"
    elif case.operation in {OperationKey.PAY_ORDER, OperationKey.CANCEL_ORDER}:
        sql = _ORDER
    if Need.TOKEN in case.variant.needs:
        fetch = Preparation(method="POST", path="/tokens", headers=headers, save={"token": "$.token"})
        return Before(sql=sql, request=fetch)
    if Need.VERSION in case.variant.needs:
        path = "/goods/item-{key}" if is_stock else "/orders/{key}"
        return Before(sql=sql, request=Preparation(path=path, headers=headers, save={"version": "$.version"}))
    return Before(sql=sql)


def _effects(operation: OperationKey) -> Effects:
    if operation is OperationKey.SEND_MESSAGE:
        return Effects(gateway=True)
    table = OPERATIONS[operation].effects
    return Effects(sql=f"SELECT count(*) FROM {table.name} WHERE {operation.key_field} = {{key}}")  # noqa: S608  our own
