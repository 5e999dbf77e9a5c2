"""Why a run could not be carried out, or not to its end."""

from __future__ import annotations

import sqlalchemy as sa

from backend.engines.says import EngineCode
from backend.engines.sentences import one_sentence
from backend.model.errors import EngineError, SubmitTwiceError
from backend.model.sentence import Code, say


class RunCode(Code):
    """Why a run could not be carried out."""

    DATABASE_FAILED = "run.database_failed"
    FAILED = "run.failed"
    LOST = "run.lost"
    LOST_AND_MORE = "run.lost_and_more"
    NOBODY_TELLS = "run.nobody_tells"


def in_a_sentence(error: Exception) -> SubmitTwiceError:
    """What ended a run, as somebody is told it."""
    if isinstance(error, SubmitTwiceError):
        return error
    if isinstance(error, sa.exc.SQLAlchemyError):
        reason = one_sentence(error, say(EngineCode.THE_DATABASE))
        return EngineError(say(RunCode.DATABASE_FAILED, reason=reason))
    return SubmitTwiceError(say(RunCode.FAILED, kind=type(error).__name__, error=str(error)))
