"""What the comparison says, as codes; the words are in ``resources/sentences``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.model.sentence import Code, Sentence, say

if TYPE_CHECKING:
    from backend.comparison.questions import SituationKey


class CompareCode(Code):
    """Sentences and words of the comparison and its reports."""

    TITLE_CLICKS = "compare.title_clicks"
    TITLE_ONE_AFTER_ANOTHER = "compare.title_one_after_another"
    TITLE_RETRY = "compare.title_retry"
    TITLE_LEASE = "compare.title_lease"
    TITLE_REDELIVERY = "compare.title_redelivery"
    TITLE_CRASH = "compare.title_crash"
    TITLE_FAILOVER = "compare.title_failover"
    HEAD_CLICKS = "compare.head_clicks"
    HEAD_ONE_AFTER_ANOTHER = "compare.head_one_after_another"
    HEAD_RETRY = "compare.head_retry"
    HEAD_LEASE = "compare.head_lease"
    HEAD_REDELIVERY = "compare.head_redelivery"
    HEAD_CRASH = "compare.head_crash"
    HEAD_FAILOVER = "compare.head_failover"
    ABOUT_CLICKS = "compare.about_clicks"
    ABOUT_ONE_AFTER_ANOTHER = "compare.about_one_after_another"
    ABOUT_RETRY = "compare.about_retry"
    ABOUT_LEASE = "compare.about_lease"
    ABOUT_REDELIVERY = "compare.about_redelivery"
    ABOUT_CRASH = "compare.about_crash"
    ABOUT_FAILOVER = "compare.about_failover"
    POINT_REDIS = "compare.point_redis"
    POINT_BEFORE_COMMIT = "compare.point_before_commit"
    POINT_COMMIT = "compare.point_commit"
    POINT_GATEWAY = "compare.point_gateway"
    POINT_REDIS_FAILOVER = "compare.point_redis_failover"
    POINT_DATABASE_FAILOVER = "compare.point_database_failover"

    STATE_MEASURED = "compare.state_measured"
    STATE_NOT_REACHED = "compare.state_not_reached"
    STATE_DOES_NOT_APPLY = "compare.state_does_not_apply"
    STATE_NOT_MEASURED = "compare.state_not_measured"
    STATE_NEVER_RUN = "compare.state_never_run"
    MISSED_OVERLAP = "compare.missed_overlap"
    MISSED_AFTER_ANSWER = "compare.missed_after_answer"
    MISSED_IN_PROCESSING = "compare.missed_in_processing"
    MISSED_LEASE_RAN_OUT = "compare.missed_lease_ran_out"
    MISSED_REDELIVERED = "compare.missed_redelivered"
    MISSED_CRASHED = "compare.missed_crashed"
    MISSED_FAILED_OVER = "compare.missed_failed_over"
    MISSED_TOOK_OVER = "compare.missed_took_over"
    TRIES = "compare.tries"
    NO_LEASE = "compare.no_lease"
    NOT_OVER = "compare.not_over"
    AT_WORK = "compare.at_work"
    BROKE_OFF = "compare.broke_off"
    IS_DOWN = "compare.is_down"
    STAYS_AWAY = "compare.stays_away"
    NOTHING_TO_COMPARE = "compare.nothing_to_compare"

    CELL = "compare.cell"
    COUNTED = "compare.counted"
    POINTS = "compare.points"
    POINT = "compare.point"
    NO_ENGINE_FAILS_OVER = "compare.no_engine_fails_over"
    ALL_THE_SAME = "compare.all_the_same"
    SURVIVES = "compare.survives"
    FAILS = "compare.fails"
    SURVIVES_BUT = "compare.survives_but"
    SAFE = "compare.safe"
    BROKEN = "compare.broken"
    BROKEN_UNSEEN = "compare.broken_unseen"
    MISINFORMS = "compare.misinforms"
    MISINFORMS_OR_NOTHING = "compare.misinforms_or_nothing"
    SAVED_BY_SQLITE = "compare.saved_by_sqlite"
    NOTHING_REACHED = "compare.nothing_reached"
    NOTHING_RUN = "compare.nothing_run"
    ALSO_UNDECIDED = "compare.also_undecided"
    ALSO_NOT_REACHED = "compare.also_not_reached"
    ALSO_NOT_MEASURED = "compare.also_not_measured"
    ALSO_NEVER_RUN = "compare.also_never_run"
    WHOLE = "compare.whole"
    WHERE = "compare.where"
    EXPECTED_TO_SURVIVE = "compare.expected_to_survive"
    EXPECTED_TO_FAIL = "compare.expected_to_fail"
    CONTRADICTION = "compare.contradiction"

    COST = "compare.cost"
    BASELINE = "compare.baseline"
    NO_DIFFERENCE = "compare.no_difference"
    NOISY = "compare.noisy"
    RATIOS = "compare.ratios"
    SPREAD = "compare.spread"
    SPREAD_TOO_WIDE = "compare.spread_too_wide"
    OTHERS = "compare.others"
    LEFT_OUT = "compare.left_out"
    TOO_CROWDED = "compare.too_crowded"
    NO_RATIO = "compare.no_ratio"
    NOISY_COSTS = "compare.noisy_costs"
    REPEAT = "compare.repeat"
    RATES = "compare.rates"
    REFUSED = "compare.refused"
    ROUND_TRIPS = "compare.round_trips"
    STEPS = "compare.steps"
    ENGINE_BROKER = "compare.engine_broker"
    ENGINE_GATEWAY = "compare.engine_gateway"

    MACHINE = "compare.machine"
    MACHINE_LOAD = "compare.machine_load"
    MEASURED_ON = "compare.measured_on"
    CANCELLED = "compare.cancelled"
    NEVER_RUN = "compare.never_run"
    NEVER_BEGUN = "compare.never_begun"
    TABLE = "compare.table"
    PAGE_TITLE = "compare.page_title"
    UNEXPECTED = "compare.unexpected"
    COLUMN_STRATEGY = "compare.column_strategy"
    COLUMN_THROUGHPUT = "compare.column_throughput"
    COLUMN_RATE = "compare.column_rate"
    COLUMN_P50 = "compare.column_p50"
    COLUMN_P99 = "compare.column_p99"
    COLUMN_STEPS = "compare.column_steps"
    COLUMN_STANDING = "compare.column_standing"
    ABOUT_THROUGHPUT = "compare.about_throughput"
    ABOUT_STATES = "compare.about_states"
    PICTURE = "compare.picture"
    AXIS = "compare.axis"
    AXIS_WITH_BAND = "compare.axis_with_band"
    BAND = "compare.band"
    WILL_TAKE = "compare.will_take"


def title_of_situation(key: SituationKey) -> Sentence:
    """A situation in full."""
    return about_key("title", key)


def head_of_situation(key: SituationKey) -> Sentence:
    """A situation as the head of a column."""
    return about_key("head", key)


def about_situation(key: SituationKey) -> Sentence:
    """What happens in a situation."""
    return about_key("about", key)


def about_key(what: str, key: str) -> Sentence:
    """What is said of something that has a key."""
    return say(CompareCode(f"compare.{what}_{key.replace('-', '_')}"))
