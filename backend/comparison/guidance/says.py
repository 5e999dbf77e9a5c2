"""What the guidance says, as codes; the words are in ``resources/sentences``."""

from __future__ import annotations

from enum import StrEnum

from backend.model.sentence import Code, Sentence, say


class GuideCode(Code):
    """Questions, answers and reasons."""

    EFFECT = "guide.effect"
    EFFECT_INSERT = "guide.effect_insert"
    EFFECT_INSERT_ABOUT = "guide.effect_insert_about"
    EFFECT_STATUS = "guide.effect_status"
    EFFECT_STATUS_ABOUT = "guide.effect_status_about"
    EFFECT_AMOUNT = "guide.effect_amount"
    EFFECT_AMOUNT_ABOUT = "guide.effect_amount_about"
    EFFECT_OUTSIDE = "guide.effect_outside"
    EFFECT_OUTSIDE_ABOUT = "guide.effect_outside_about"
    RECEIVER = "guide.receiver"
    RECEIVER_HONOURS = "guide.receiver_honours"
    RECEIVER_HONOURS_ABOUT = "guide.receiver_honours_about"
    RECEIVER_IGNORES = "guide.receiver_ignores"
    RECEIVER_IGNORES_ABOUT = "guide.receiver_ignores_about"
    KEY = "guide.key"
    KEY_NATURAL = "guide.key_natural"
    KEY_NATURAL_ABOUT = "guide.key_natural_about"
    KEY_CLIENT = "guide.key_client"
    KEY_CLIENT_ABOUT = "guide.key_client_about"
    KEY_NONE = "guide.key_none"
    KEY_NONE_ABOUT = "guide.key_none_about"
    ARRIVAL = "guide.arrival"
    ARRIVAL_FORM = "guide.arrival_form"
    ARRIVAL_FORM_ABOUT = "guide.arrival_form_about"
    ARRIVAL_PROGRAM = "guide.arrival_program"
    ARRIVAL_PROGRAM_ABOUT = "guide.arrival_program_about"
    ARRIVAL_QUEUE = "guide.arrival_queue"
    ARRIVAL_QUEUE_ABOUT = "guide.arrival_queue_about"
    AGAIN = "guide.again"
    AGAIN_MINUTES = "guide.again_minutes"
    AGAIN_MINUTES_ABOUT = "guide.again_minutes_about"
    AGAIN_DAYS = "guide.again_days"
    AGAIN_DAYS_ABOUT = "guide.again_days_about"
    INSTANCES = "guide.instances"
    INSTANCES_ONE = "guide.instances_one"
    INSTANCES_ONE_ABOUT = "guide.instances_one_about"
    INSTANCES_MANY = "guide.instances_many"
    INSTANCES_MANY_ABOUT = "guide.instances_many_about"
    RISK_CRASH_LOST = "guide.risk_crash_lost"
    RISK_CRASH_DUPLICATED = "guide.risk_crash_duplicated"
    RISK_LEASE_DUPLICATED = "guide.risk_lease_duplicated"
    RISK_FAILOVER_DUPLICATED = "guide.risk_failover_duplicated"
    NO_KEY = "guide.no_key"
    NO_CLIENT_KEY = "guide.no_client_key"
    NOT_A_FORM = "guide.not_a_form"
    NOT_A_QUEUE = "guide.not_a_queue"
    NO_VERSION = "guide.no_version"
    ONE_PROCESS = "guide.one_process"
    FORGETS = "guide.forgets"
    HONOURED = "guide.honoured"
    NO_OTHER_PROCESS = "guide.no_other_process"
    KEEP_KEYS = "guide.keep_keys"
    NOTHING_FITS = "guide.nothing_fits"
    WAY_OUT = "guide.way_out"
    TAKE_WAY_OUT = "guide.take_way_out"
    OUTSIDE = "guide.outside"


def question_term(question: str) -> Sentence:
    """A question, by its key."""
    return say(GuideCode(f"guide.{question}"))


def choice_term(question: str, value: StrEnum) -> Sentence:
    """A possible answer in a few words."""
    return say(GuideCode(f"guide.{question}_{value}"))


def about_choice(question: str, value: StrEnum) -> Sentence:
    """What a possible answer means."""
    return say(GuideCode(f"guide.{question}_{value}_about"))
