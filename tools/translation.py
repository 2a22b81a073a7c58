"""Help for translators: `python -m tools.translation new tr` begins a language, `check tr` says what is still wrong.

How a language is added is told in `docs/translating.md`.
"""

import string
import sys
import tomllib
from pathlib import Path

import i18n

FOLDER = Path(i18n.__file__).parent
BESIDE = "en"
"""The sentence that stands beside each one to be translated."""


def fields(sentence: str) -> set[str]:
    """Return the names between braces: what the program fills in.

    Examples
    --------
    >>> sorted(fields("{n:,} of {most}"))
    ['most', 'n']
    """
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def skeleton(*, children: bool = False) -> str:
    """Return an empty file of a language: every sentence a resident may read, in English, behind a hash.

    Parameters
    ----------
    children
        The file with what is said otherwise to a child.
    """
    source = i18n.read_sentences(f"{BESIDE}.children" if children else BESIDE)
    lines = [
        "# Translate each line, and remove the hash in front of it. What is between braces stays as it is."
    ]
    for section in (*i18n.FOR_RESIDENTS,):
        if section in source:
            lines += ["", f"[{section}]"]
            lines += [f"# {key} = {_quoted(sentence)}" for key, sentence in source[section].items()]
    return "\n".join(lines) + "\n"


def _quoted(sentence: str) -> str:
    return '"' + sentence.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def problems(text: str, *, children: bool = False) -> list[str]:
    """Return what is wrong with a file, a line each: what lacks, what is not asked, and braces that differ.

    Parameters
    ----------
    text
        The file of a language.
    children
        Whether it is the file with what is said otherwise to a child.

    Examples
    --------
    >>> problems('[steps]\\nat = "{n}"')[:1]
    ['steps.at: between braces should stand last, n; there stands n']
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        return [f"the file cannot be read: {problem}"]
    source = i18n.read_sentences(BESIDE)
    wanted = i18n.read_sentences(f"{BESIDE}.children") if children else source
    wrong = []
    for section, sentences in found.items():
        for key, sentence in sentences.items():
            known = source.get(section, {}).get(key)
            if known is None or section not in i18n.FOR_RESIDENTS:
                wrong.append(f"{section}.{key}: nobody asks for this")
            elif fields(str(sentence)) - fields(known) or (
                not children and fields(sentence) != fields(known)
            ):
                wrong.append(
                    f"{section}.{key}: between braces should stand {', '.join(sorted(fields(known))) or 'nothing'}; "
                    f"there stands {', '.join(sorted(fields(sentence))) or 'nothing'}"
                )
    return wrong + [
        f"{section}.{key}: still to be translated"
        for section in i18n.FOR_RESIDENTS
        for key in wanted.get(section, {})
        if key not in found.get(section, {})
    ]


def main(arguments: list[str]) -> int:
    """Carry out a command; return 0 when nothing is wrong."""
    match arguments:
        case ["new", language]:
            for name, children in ((language, False), (f"{language}.children", True)):
                file = FOLDER / f"{name}.toml"
                if file.exists():
                    print(f"{file.name} is there already")
                    return 1
                file.write_text(skeleton(children=children), encoding="utf-8")
                print(f"written: i18n/{file.name}")
            return 0
        case ["check", language]:
            wrong = []
            for name, children in ((language, False), (f"{language}.children", True)):
                file = FOLDER / f"{name}.toml"
                text = file.read_text(encoding="utf-8") if file.exists() else ""
                wrong += [f"i18n/{name}.toml {line}" for line in problems(text, children=children)]
            print("\n".join(wrong) or "nothing is wrong")
            return 1 if wrong else 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
