"""The door for the window: what is wrong with a service's text, its check, and its exploration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.explorer.question import service_question
from backend.model.sentence import say
from backend.service.asked import Checked
from backend.service.description import ServiceFileError, parse
from backend.service.explored.run import explore_service
from backend.service.new import render
from backend.service.outside.check import Checker
from backend.service.outside.stand import Stand
from backend.service.says import ServiceCode
from backend.service.validate import mistakes, require_sound

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from backend.explorer.question import Exploration, Progress
    from backend.model.options import LabOptions
    from backend.model.sentence import Sentence
    from backend.service.asked import CheckAsked, ExploreAsked, ServiceFile
    from backend.service.description import Description
    from backend.service.new import Answers
    from backend.service.outside.model import CheckProgress

_OUTPUT_LINES = 200


def problems(file: ServiceFile) -> tuple[Sentence, ...]:
    """All that is wrong with a text; nothing if it can be used."""
    try:
        description = parse(file.text, file.name)
    except ServiceFileError as error:
        return (error.sentence,)
    return mistakes(description, file.folder)


def check(
    asked: CheckAsked, options: LabOptions, on_progress: Callable[[CheckProgress], None], cancelled: threading.Event
) -> Checked:
    """Start a service, or find it, and check it in every situation that is asked for; blocks.

    Args:
        asked: what to check, and how.
        options: of the lab; what is started steps back as much for others.
        on_progress: told after each batch of intents, in the calling thread.
        cancelled: set it from anywhere; what was measured so far is returned.

    Raises:
        SubmitTwiceError: the text is wrong, or the service or an engine is away.
    """
    description = _read(asked.file)
    stand = Stand(
        description,
        asked.file.folder,
        allowed=asked.allowed,
        niceness=options.niceness,
        redis_url=options.redis,
        cancelled=cancelled,
    )
    with stand:
        found = Checker(stand, asked.plan, on_progress, cancelled).check(_shown(asked.file))
        numbers = range(1, description.service.instances + 1) if stand.is_ours else ()
        outputs = tuple((number, stand.output(number, _OUTPUT_LINES)) for number in numbers)
    return Checked(found, outputs, asked.plan)


def explore(
    asked: ExploreAsked, options: LabOptions, on_progress: Callable[[Progress], None], cancelled: threading.Event
) -> Exploration:
    """Start a service on engines behind doors and run every order of its steps; blocks.

    Args:
        asked: what to explore.
        options: of the lab; what is started steps back as much for others.
        on_progress: told several times a second, in the calling thread.
        cancelled: set it from anywhere; what was found so far is returned.

    Raises:
        SubmitTwiceError: the text is wrong, the service or an engine is away, or it is not deterministic.
    """
    return explore_service(
        _read(asked.file),
        asked.file.folder,
        service_question(_shown(asked.file), asked.requests, asked.crashes, asked.expiries),
        on_progress=on_progress,
        cancelled=cancelled,
        limit=asked.limit,
        niceness=options.niceness,
        redis_url=options.redis,
    )


def draft(answers: Answers) -> str:
    """The text of a file, from what is known of a service.

    Raises:
        ServiceFileError: the curl command cannot be read.
    """
    try:
        return render(answers)
    except ValueError as error:
        raise ServiceFileError(say(ServiceCode.BAD_CURL, table="request", reason=str(error))) from None


def _read(file: ServiceFile) -> Description:
    description = parse(file.text, file.name)
    require_sound(description, file.folder)
    return description


def _shown(file: ServiceFile) -> str:
    return str(file.path) if file.path else file.name
