"""The first screen as plain HTML, there before any script: who asks, what for, and the way in.

It lies over the page until the heading of the app stands, and says what `ui.pages.resident.start` says.
"""

import html
from dataclasses import dataclass
from urllib.parse import urlencode

import i18n
from i18n import LANGUAGES, Translator
from study.contributions.submission import Project
from ui.routes import Page, Query, Step

STYLE = """
#buurt-first{position:fixed;inset:0;z-index:999;overflow:auto;background:var(--paper);color:var(--ink);
font:18px/1.45 "Source Sans","Source Sans 3",system-ui,sans-serif}
#buurt-first>div{box-sizing:border-box;max-width:736px;margin:0 auto;padding:45px 16px 40px}
#buurt-first h1{margin:33px 0 14px;font-size:min(38px,max(23px,9.6vw));line-height:1.2}
@media(max-height:720px){#buurt-first h1{margin-top:14px}}
#buurt-first p{margin:0 0 13px}
#buurt-first p:has(small){margin-bottom:20px}
#buurt-first .languages{margin:0;text-align:end}
#buurt-first .languages a{color:var(--link);font-weight:600}
#buurt-first .join{display:block;padding:14px;border-radius:12px;background:var(--action);color:var(--action-text);
font-weight:600;text-align:center;text-decoration:none}
#buurt-first .join[aria-busy=true]{background:var(--quiet);color:#fff}
#buurt-first a:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
"""

SKETCH = '<div class="buurt-sketch"></div>'
"""A few streets, water, and the line that somebody drew: the picture stands in shell.css."""


@dataclass(frozen=True)
class FirstScreen:
    """What the first answer says: title and description for a preview, and the body of the screen."""

    title: str
    description: str
    body: str


def is_start(path: str, query: dict[str, str]) -> bool:
    """Return whether an address shows the start to a resident who comes by a link.

    Examples
    --------
    >>> is_start("/", {}), is_start("/", {"stap": "code"}), is_start("/privacy", {})
    (True, False, False)
    """
    at_start = query.get(Query.STEP, Step.START) == Step.START and query.get(Query.CHILDREN) != "1"
    return path.strip("/") in {"", Page.DRAW} and at_start and Query.CODE not in query


def first_screen(project: Project, language: str, query: dict[str, str]) -> FirstScreen:
    """Return the first screen of a project.

    Parameters
    ----------
    project
        The project of the address.
    language
        Key of the language to say it in.
    query
        What the address carries; it stays in the links.

    Returns
    -------
    FirstScreen
        With every text escaped.
    """
    say = i18n.get_translator(language)
    asked_by = project.asked_by or project.name
    lines = [say("start.why", asked_by=asked_by), say("start.how")]
    consent = say("start.consent", button=say("start.join"))
    join = (
        f'<a class="join" href="?{_query(query, Query.STEP, Step.DRAW)}">{html.escape(say("start.join"))}</a>'
    )
    if not project.municipality:  # its drawings came from a file, and there is nothing to draw on
        consent, join = say("start.no_ground"), ""
    label = f"<p><small>{html.escape(say('demo.label'))}</small></p>" if project.is_demo else ""
    body = (
        f'<main id="buurt-first"><div><p class="languages">{language_links(say, query)}</p>{SKETCH}'
        f"<h1>{html.escape(say('start.title'))}</h1>{label}"
        + "".join(f"<p>{html.escape(line)}</p>" for line in [*lines, consent])
        + join
        + sender_lines(say, project)
        + "</div></main>"
    )
    return FirstScreen(say("start.title"), lines[0], body)


def sender_lines(say: Translator, project: Project) -> str:
    """Return whom residents may ask and where they read about personal data, as HTML; empty where nobody said it.

    Parameters
    ----------
    say
        The language that is spoken.
    project
        With what a planner or administrator typed, which is escaped.

    Examples
    --------
    >>> import i18n
    >>> from datetime import date
    >>> from study.contributions.submission import Project
    >>> noord = Project("noord", "Noord", "GM0001", date(2099, 1, 1), contact="buurt@noord.example")
    >>> sender_lines(i18n.get_translator("en"), noord)
    '<p>Questions about this study? buurt@noord.example</p>'
    """
    lines = []
    if project.contact:
        lines.append(html.escape(say("start.contact", contact=project.contact)))
    if project.privacy_url:
        label = html.escape(say("start.privacy_url", asked_by=project.asked_by or project.name))
        address = html.escape(project.privacy_url)
        lines.append(f'<a href="{address}" target="_blank" rel="noopener noreferrer">{label}</a>')
    return "".join(f"<p>{line}</p>" for line in lines)


def language_links(say: Translator, query: dict[str, str]) -> str:
    """Return links to the other languages in HTML: the whole page is loaded in that language, at the same step.

    Parameters
    ----------
    say
        The language that is spoken.
    query
        What the address carries; it stays in the links.
    """
    return " ".join(
        f'<a target="_self" lang="{key}" hreflang="{key}" href="?{_query(query, Query.LANGUAGE, key)}">'
        f"{html.escape(locale.name)}</a>"
        for key, locale in LANGUAGES.items()
        if key != say.language
    )


def _query(query: dict[str, str], name: str, value: str) -> str:
    return html.escape(urlencode({**query, name: value}))
