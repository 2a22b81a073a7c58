"""What a download or an examination of the services came to, in sentences for a page or a terminal."""

from i18n import Translator
from layers.contracts import CONTRACTS, SERVICE_TERMS
from layers.doctor import CheckResult, Diagnosis, diagnose, last_diagnosis
from layers.download.fetch import FetchReport

__all__ = [
    "CheckResult",
    "Diagnosis",
    "absence_lines",
    "check_line",
    "check_place",
    "diagnose",
    "failure_lines",
    "last_diagnosis",
]


def failure_lines(say: Translator, report: FetchReport) -> list[str]:
    """Return one sentence for everything that did not come: what there is, what lacks, and why."""
    lines = []
    for failure in report.failures:
        names = ", ".join(layer_name(say, layer) for layer in failure.layers)
        why = say.explain(failure.problem)
        if failure.source:
            lines.append(say("download.half", layers=names, had=failure.had, source=failure.source, why=why))
        else:
            lines.append(say("download.missing", layers=names, why=why))
    if lines:
        lines.append(say("download.again", name=report.name))
    return lines


def absence_lines(say: Translator, not_fetched: list[str], absent: list[str]) -> list[str]:
    """Return what a layer lacks: sources that were not fetched, and figures that nobody has yet."""
    lines = [say("download.not_fetched", source=source) for source in not_fetched]
    if absent:
        lines.append(say("download.absent", n=len(absent), figures=", ".join(absent)))
    return lines


def layer_name(say: Translator, layer: str) -> str:
    """Return the name of a layer as a visitor knows it: ``buurt_2025`` is ``Buurten 2025``."""
    key, _, year = layer.rpartition("_")
    names = say.section("sources")
    if year.isdecimal():
        return f"{names.get(f'layer_{key}', key)} {year}"
    return names.get(f"layer_{layer}", layer)


def check_place(say: Translator, result: CheckResult) -> str:
    """Return what was checked: a line of a service, or something of this machine."""
    name = say.section("doctor").get(f"line_{result.line}", result.line)
    if result.line in CONTRACTS:
        return f"{SERVICE_TERMS[result.service].name}: {name}"
    return name


def check_line(say: Translator, result: CheckResult) -> str:
    """Return what came of a check, in one sentence."""
    here = f"here_{result.line}_{result.state}"
    if here in say.section("doctor"):
        sentence = say(f"doctor.{here}")
    elif result.state == "refused" and result.severity == 3:
        sentence = say("doctor.state_absent", status=result.names[0])
    else:
        sentence = say(f"doctor.state_{result.state}", names=", ".join(result.names))
    if result.newer:
        sentence = f"{sentence} {say('doctor.newer', year=str(result.newer))}"
    return sentence
