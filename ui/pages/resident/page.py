"""Which step is shown."""

from collections.abc import Callable

from i18n import Translator
from ui.pages.resident import (
    area_builder,
    drawing,
    manage_contribution,
    places,
    questions,
    start,
    thank_you,
)
from ui.pages.resident.visit_state import ResidentVisit, match_audience, remember, words_and_visit
from ui.pages.resident.workshop import banner, practice
from ui.routes import Step

Shown = tuple[Callable[[Translator, ResidentVisit], str], Callable[[Translator, ResidentVisit], None]]

STEPS: dict[str, Shown] = {
    Step.START: (start.title, start.show),
    Step.DRAW: (drawing.title, drawing.show),
    Step.PARTS: (area_builder.title, area_builder.show),
    Step.PLACES: (places.title, places.show),
    Step.PLACE: (places.title_of_one, places.show_one),
    Step.QUESTIONS: (questions.title, questions.show),
    Step.THANKS: (thank_you.title, thank_you.show),
    Step.CODE: (manage_contribution.title, manage_contribution.show),
}


def page() -> None:
    """Show the step the visitor is at."""
    say, visit = words_and_visit()
    if visit.guest is not None and visit.guest.practice:
        if remember(visit, practice.title(say)):
            banner.show(say, visit, visit.guest)
            practice.show(say, visit)
        return
    title, show = STEPS[visit.step.split("-", maxsplit=1)[0]]
    heading = title(say, visit)  # before the rest: a drawing that came meanwhile is known from here on
    match_audience(visit)
    if not remember(visit, heading):
        return
    if visit.guest is not None:
        banner.show(say, visit, visit.guest)
    show(say, visit)
