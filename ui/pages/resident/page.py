"""Which step is shown."""

from collections.abc import Callable

from ui.pages.resident import code, draw, evening, home, parts, places, questions, reveal, start
from ui.pages.resident.visit import Visit, remember, words_and_visit
from words import Words

Step = tuple[Callable[[Words, Visit], str], Callable[[Words, Visit], None]]

STEPS: dict[str, Step] = {
    "begin": (start.title, start.show),
    "wonen": (home.title, home.show),
    "teken": (draw.title, draw.show),
    "samenstellen": (parts.title, parts.show),
    "plekken": (places.title, places.show),
    "plek": (places.title_of_one, places.show_one),
    "vragen": (questions.title, questions.show),
    "klaar": (reveal.title, reveal.show),
    "code": (code.title, code.show),
}


def page() -> None:
    """Show the step the visitor is at."""
    say, visit = words_and_visit()
    title, show = STEPS[visit.step.split("-", maxsplit=1)[0]]
    if not remember(visit, title(say, visit)):
        return
    if visit.guest is not None:
        evening.show(say, visit, visit.guest)
    show(say, visit)
