from __future__ import annotations

import pytest

from backend.model.catalogue import StrategyInfo
from backend.model.vocabulary import OperationKey
from gui.wording.catalogue import Catalogue, VariantChoice


@pytest.fixture
def offered(catalogue: tuple[StrategyInfo, ...]) -> Catalogue:
    return Catalogue(catalogue)


def all_choices(offered: Catalogue) -> list[VariantChoice]:
    return [
        VariantChoice(operation, strategy.key, variant)
        for operation in OperationKey
        for strategy in offered.strategies
        for variant in ("", "no-such-variant", *(info.key for info in strategy.variants))
    ]


def guards(offered: Catalogue, choice: VariantChoice) -> bool:
    info = offered.variant(choice.strategy, choice.variant)
    return info is not None and choice.operation in info.guards


def test_whatever_is_wanted_the_choice_becomes_one_that_runs(offered: Catalogue) -> None:
    for wanted in all_choices(offered):
        assert guards(offered, offered.fit(wanted)), wanted
        assert guards(offered, offered.fit_operation(wanted)), wanted


def test_a_valid_choice_stays_as_it_is(offered: Catalogue) -> None:
    for wanted in all_choices(offered):
        if guards(offered, wanted):
            assert offered.fit(wanted) == offered.fit_operation(wanted) == wanted


def test_another_operation_keeps_the_operation_and_changes_the_strategy(offered: Catalogue) -> None:
    fitted = offered.fit(VariantChoice(OperationKey.PLACE_ORDER, "state-machine", "status-guard"))
    assert fitted.operation is OperationKey.PLACE_ORDER
    assert fitted.strategy != "state-machine"


def test_another_strategy_keeps_the_strategy_and_changes_the_operation(offered: Catalogue) -> None:
    fitted = offered.fit_operation(VariantChoice(OperationKey.PLACE_ORDER, "state-machine", ""))
    assert fitted == VariantChoice(OperationKey.PAY_ORDER, "state-machine", "status-guard")


def test_what_is_not_guarded_has_a_reason(offered: Catalogue) -> None:
    refused = [
        (strategy.key, operation)
        for strategy in offered.strategies
        for operation in OperationKey
        if not any(operation in info.guards for info in strategy.variants)
    ]
    assert ("optimistic-lock", OperationKey.PLACE_ORDER) in refused
    for key, operation in refused:
        assert str(offered.refusal(key, operation)).endswith(".")


def test_without_a_catalogue_nothing_can_be_chosen() -> None:
    empty = Catalogue()
    assert empty.fit(VariantChoice(OperationKey.PLACE_ORDER, "none", "direct")).strategy == ""
    assert empty.fit_operation(VariantChoice(OperationKey.PLACE_ORDER, "none", "direct")).strategy == ""
