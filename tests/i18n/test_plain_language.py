"""Dutch that people who read at level B1 understand: short sentences, no word that is long or of the office.

It is measured on what residents and children may read. Whether it sounds well is for people to say.
"""

import re

import i18n

MOST_WORDS = 15
LONGEST = 13
"""Letters of a word that needs no reason."""

LONG_WORDS = {
    "achtergrondkaart": "the privacy statement names what is fetched",
    "gegevensbescherming": "the name of an officer by law",
    "onafhankelijke": "said of who examines",
    "ontmoetingsplek": "what is asked for, as the planner has it",
    "ontmoetingsplekken": "as above",
    "persoonsgegevens": "the name of an authority",
    "pijltjestoetsen": "as keyboards have them",
    "programmabestanden": "what a browser holds",
    "rapportcijfers": "as at school",
    "reservekopieën": "what they are",
    "telefoonnummer": "what it is",
    "toegankelijkheid": "the name of the statement by law",
    "voorbeeldgemeente": "what it is",
    "waarschijnlijk": "in an error about a file, to staff",
    "woningcorporatie": "what it is",
}
"""Words of more letters that stay, and why."""

LONG_SENTENCES = {"questions.control": "an item of a scale: another sentence would be another question"}
"""Sentences that stay, and why."""

OF_THE_OFFICE = {
    "aangaande": "over", "aanmerking": "reden", "accorderen": "goedkeuren", "additioneel": "extra",
    "adequaat": "goed genoeg", "afdoende": "genoeg", "alsmede": "en", "alvorens": "voordat",
    "anderszins": "op een andere manier", "beogen": "willen", "betreffende": "over",
    "bewerkstelligen": "zorgen voor", "bijgevolg": "daarom", "bovengenoemde": "deze", "conform": "volgens",
    "consequentie": "gevolg", "continueren": "doorgaan met", "creëren": "maken", "daadwerkelijk": "echt",
    "derhalve": "daarom", "desalniettemin": "toch", "desbetreffende": "deze",
    "desgewenst": "als u dat wilt", "dienen": "moeten", "dient": "moet", "dientengevolge": "daardoor",
    "echter": "maar", "effectueren": "uitvoeren", "eveneens": "ook", "evenwel": "maar",
    "exclusief": "zonder", "facetten": "kanten", "faciliteiten": "wat er is",
    "faciliteren": "mogelijk maken", "frequent": "vaak", "functionaliteit": "wat het kan",
    "gaarne": "graag", "gelieve": "wilt u", "genereren": "maken", "geschieden": "gebeuren",
    "hetgeen": "wat", "hierbij": "nu", "hieromtrent": "hierover", "hoogstens": "niet meer dan",
    "implementeren": "invoeren", "inclusief": "met", "indicatie": "schatting", "indien": "als",
    "initiëren": "beginnen", "integraal": "heel", "inzake": "over", "jegens": "tegen", "kenbaar": "bekend",
    "krachtens": "volgens", "marginaal": "klein", "middels": "met", "mits": "als", "momenteel": "nu",
    "motiveren": "uitleggen", "nadere": "meer", "nihil": "niets", "notificatie": "bericht",
    "omtrent": "over", "ongeacht": "hoe dan ook", "optioneel": "niet verplicht", "overeenkomstig": "zoals",
    "participatie": "meedoen", "participeren": "meedoen", "periodiek": "af en toe", "primair": "eerst",
    "procedure": "hoe het gaat", "realiseren": "maken", "recentelijk": "kort geleden", "reeds": "al",
    "relevant": "van belang", "representatief": "lijkt op iedereen", "respectievelijk": "en",
    "retourneren": "terugsturen", "significant": "groot", "substantieel": "groot", "teneinde": "om",
    "tengevolge": "door", "tevens": "ook", "thans": "nu", "trachten": "proberen",
    "uiterlijk": "niet later dan", "uitsluitend": "alleen", "ultimo": "eind", "verifiëren": "nakijken",
    "verstrekken": "geven", "vigerend": "geldend", "vooralsnog": "nu nog", "voornoemde": "deze",
    "voorts": "ook", "waarborgen": "zorgen voor", "wederom": "weer", "zienswijze": "mening",
    "zodanig": "zo", "zulks": "dat",
}  # fmt: skip
"""Words that people rarely say, and what they say."""


def sentences() -> dict[str, list[str]]:
    """Return what residents and children may read, a sentence each, by key; what is filled in counts as a word."""
    said: dict[str, list[str]] = {}
    for name in ("nl", "nl.children"):
        found = i18n.read_sentences(name)
        for section in i18n.FOR_RESIDENTS:
            for key, text in found.get(section, {}).items():
                filled = re.sub(r"\{[^}]*\}", "x", text)
                said.setdefault(f"{section}.{key}", []).extend(re.split(r"(?<=[.?!:;])\s+", filled))
    return said


def words() -> dict[str, set[str]]:
    """Return the words of all of it, with the keys in which they stand."""
    found: dict[str, set[str]] = {}
    for key, lines in sentences().items():
        for word in re.findall(r"[^\W\d_]+", " ".join(lines)):
            found.setdefault(word.lower(), set()).add(key)
    return found


def test_no_sentence_is_long() -> None:
    long = {
        key for key, lines in sentences().items() if any(len(line.split()) > MOST_WORDS for line in lines)
    }
    assert long == LONG_SENTENCES.keys()


def test_no_word_is_long_without_a_reason() -> None:
    assert {word for word in words() if len(word) > LONGEST} == LONG_WORDS.keys()


def test_no_word_is_of_the_office() -> None:
    assert {word: words()[word] for word in OF_THE_OFFICE if word in words()} == {}


def test_no_plain_word_is_itself_of_the_office() -> None:
    plain = {word for said in OF_THE_OFFICE.values() for word in said.split()}
    assert plain & OF_THE_OFFICE.keys() == set()
