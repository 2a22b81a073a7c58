"""A project's own questions: what a planner may do with them, and what becomes of an answer."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import shapely

import i18n
from geo.errors import AccessDenied, InputRefused
from store import Actor, Project, Store
from study import context, filters
from study.analysis import groups
from study.contributions import own_questions
from study.contributions.submission import find_by_code, save_answers
from study.publishing import editions
from study.publishing.dictionary import data_dictionary
from study.publishing.formats import to_csv
from study.publishing.publication import find_publication
from tests.disclosure.residents import draw
from tests.support.temp_store import own_store

PLANNER = Actor("planner", account="test")
SQUARE = shapely.box(142_600, 510_300, 143_200, 510_900)
BIKE = "own.Fietst_u"


@pytest.fixture
def private_store(tmp_path: Path) -> Iterator[Store]:
    """Return a store with one project of two questions."""
    with own_store(tmp_path):
        made = context.get_store()
        made.projects.save(Project("echt", "Echt", "GM9901", date(2099, 1, 1)))
        choices = [("Ja", "Yes"), ("Nee", "No"), ("Soms", "Sometimes")]
        own_questions.add_question("echt", "Fietst u?", "Do you cycle?", choices, by=PLANNER)
        own_questions.add_question("echt", "Hoe druk is het?", "", [], by=PLANNER)
        yield made


def keys() -> list[str]:
    return [one.key for one in context.get_project("echt").own_questions]


def test_a_planner_words_orders_ends_and_removes(private_store: Store) -> None:
    assert keys() == [BIKE, "own.Hoe_druk_is_het"]
    own_questions.move_question("echt", BIKE, 1, by=PLANNER)
    assert keys() == ["own.Hoe_druk_is_het", BIKE]
    own_questions.move_question("echt", BIKE, 1, by=PLANNER)  # it is the last already
    own_questions.move_question("echt", BIKE, -1, by=PLANNER)
    assert keys() == [BIKE, "own.Hoe_druk_is_het"]
    worded = own_questions.word_question(
        "echt", BIKE, "Fietst u vaak?", "Often?", {"Ja": ("Zeker", "Sure")}, by=PLANNER
    )
    asked = own_questions.find_own_question(worded, BIKE)
    assert asked is not None
    assert own_questions.choice_texts(asked, "nl") == {"Ja": "Zeker", "Nee": "Nee", "Soms": "Soms"}
    assert own_questions.question_text(asked, "en") == "Often?"
    ended = own_questions.end_question("echt", BIKE, is_ended=True, by=PLANNER)
    assert [q.key for screen in own_questions.own_screens(ended) for q in screen.questions] == keys()[1:]
    own_questions.remove_question("echt", BIKE, by=PLANNER)
    assert keys() == ["own.Hoe_druk_is_het"]
    assert {row.action for row in private_store.accounts.list_audit()} >= {"change questions"}


@pytest.mark.parametrize(
    ("text", "choices", "reason"),
    [
        ("Fietst u?", [("Ja", ""), ("Nee", "")], "taken"),
        ("Eén?", [("Ja", "")], "number_out_of_range"),
        ("Twee?", [("Ja", ""), ("Ja", "")], "number_out_of_range"),
        (" ", [], "empty"),
    ],
)
def test_what_is_no_question_is_refused(
    private_store: Store, text: str, choices: list[tuple[str, str]], reason: str
) -> None:
    with pytest.raises(InputRefused) as refused:
        own_questions.add_question("echt", text, "", choices, by=PLANNER)
    assert refused.value.facts["reason"] == reason
    assert len(keys()) == 2


def test_only_a_planner_makes_questions(private_store: Store) -> None:
    for by in (Actor("resident"), Actor("facilitator", session="x")):
        with pytest.raises(AccessDenied):
            own_questions.add_question("echt", "Mag dit?", "", [], by=by)


def answer(private_store: Store, number: int, given: str) -> None:
    code = draw(private_store, number, SQUARE)
    save_answers(
        find_by_code(code, device=f"phone {number}"), answers={BIKE: given}, device=f"phone {number}"
    )


def test_answers_filter_group_and_keep_their_question(private_store: Store) -> None:
    """Of 24, twelve cycle, ten do not and two do sometimes: two groups of ten or more, one too few to state."""
    for number in range(24):
        answer(private_store, number, "Ja" if number < 12 else "Nee" if number < 22 else "Soms")
    whole = context.current_study("echt")
    assert len(context.read_sketches(filters.with_filters(whole, own=((BIKE, "Nee"),)))) == 10
    assert groups.group_sizes(whole, BIKE).to_dict() == {"Ja": 12, "Nee": 10, "Soms": 2}
    asked = own_questions.find_own_question(context.get_project("echt"), BIKE)
    assert asked is not None
    counted = own_questions.count_answers(whole, asked, "en")
    assert counted["text"].tolist() == ["Yes", "No", "Sometimes"]
    assert counted["n"].tolist() == [12, 10, pd.NA]
    with pytest.raises(InputRefused):
        own_questions.remove_question("echt", BIKE, by=PLANNER)


def test_an_edition_says_of_answers_what_five_gave_and_no_difference_gives_fewer_away(
    private_store: Store,
) -> None:
    """Twelve, ten and two: the two are in no edition, nor what is left of the whole without them.

    An answer that nobody gave looks the same, and a question that nobody answered is not in it.
    """
    for number in range(24):
        answer(private_store, number, "Ja" if number < 12 else "Nee" if number < 22 else "Soms")
    assert editions.publish("echt", by=PLANNER) is not None
    made = find_publication("echt")
    assert made is not None
    stated = made.tables["own_answers"]["n"]
    # The smallest that is stated goes along with the two, so that the total does not tell of them.
    assert stated[BIKE, "Ja"] == 10
    assert pd.isna(stated[BIKE, "Soms"])
    assert pd.isna(stated[BIKE, "Nee"])
    assert made.tables["own_answers"]["asked"].unique().tolist() == ["Fietst u?"]
    assert made.tables["own_answers"]["part"].isna().all()
    # With one more who does it sometimes, and nine who cycle, there are still not five of them to state.
    for number in range(24, 34):
        answer(private_store, number, "Ja" if number < 33 else "Soms")
    assert editions.publish("echt", by=PLANNER) is not None
    after = find_publication("echt")
    assert after is not None
    assert pd.isna(after.tables["own_answers"]["n"][BIKE, "Soms"])
    say = i18n.get_translator("nl")
    text = to_csv(after, say, "own_answers").decode("utf-8-sig")
    assert text.splitlines()[0].split(";")[2:4] == ["Vraag", "Antwoord"]
    assert "Fietst u?" in text
    described = data_dictionary(after, say).set_index(["table", "column"])["meaning"]
    assert described["own_answers", "asked"] == "De vraag in de taal van het project"


def test_a_column_of_a_file_is_no_question(private_store: Store) -> None:
    """Answers under a key that no question of the project has are in no edition."""
    for number in range(12):
        code = draw(private_store, number, SQUARE)
        mine = find_by_code(code, device=f"phone {number}")
        save_answers(mine, answers={"own.Thema": "groen"}, device=f"phone {number}")
    assert editions.publish("echt", by=PLANNER) is not None
    made = find_publication("echt")
    assert made is not None
    assert "own_answers" not in made.tables
    assert "groen" not in str([table.to_dict("tight") for table in made.tables.values()])
