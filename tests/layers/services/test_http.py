"""Asking: patient, but not for ever; two at a time; never half an answer; nothing in any log."""

import logging
import threading
import time

import pytest

from geo import errors
from layers.services.addresses import CBS, LOCATIE, OVERPASS, PDOK, SERVICES, ServiceAddress
from layers.services.http import PER_HOST, HttpClient
from tests.layers.conftest import hurried
from tests.support.fake_services import Fault, Netherlands

INDEX = "/index.json"


def ask(session: HttpClient, server: Netherlands, **more: object) -> dict:
    return session.get_json("PDOK", f"{server.address}{INDEX}", **more).body


@pytest.mark.parametrize(
    "fault",
    [
        Fault(INDEX, times=2, status=500, raw=b'{"detail":"took too long"}'),
        Fault(INDEX, times=2, status=429),
        Fault(INDEX, times=2, status=504, kind="text/html", raw=b"<html>"),
        Fault(INDEX, times=2, kind="text/html", raw=b"<html>proxy</html>"),
        Fault(INDEX, times=2, way="cut"),
        Fault(INDEX, times=1, way="hang"),
        Fault(INDEX, times=2, raw=b'{"apis": ['),
        Fault(INDEX, times=2, raw=b'["a list"]'),
    ],
    ids=["500", "429", "504 html", "200 html", "cut", "hang", "truncated", "list"],
)
def test_what_goes_wrong_twice_is_asked_a_third_time(
    netherlands: Netherlands, session: HttpClient, fault: Fault
) -> None:
    netherlands.faults.append(fault)
    assert "apis" in ask(session, netherlands)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(INDEX, status=503), errors.ServiceUnreachable),
        (Fault(INDEX, kind="text/html", raw=b"<html>"), errors.AnswerUnreadable),
        (Fault(INDEX, way="cut"), errors.ServiceUnreachable),
        (Fault(INDEX, raw='{"naam": "Súdwest"}'.encode("cp1252")), errors.AnswerUnreadable),
        (Fault(INDEX, raw=b'{"apis": NaN}'), errors.AnswerUnreadable),
        (Fault(INDEX, raw=b'{"apis":' + b"[" * 200_000), errors.AnswerUnreadable),
    ],
)
def test_what_goes_wrong_each_time_is_told(
    netherlands: Netherlands, session: HttpClient, fault: Fault, expected: type
) -> None:
    """Three tries, no more."""
    netherlands.faults.append(fault)
    with pytest.raises(expected):
        ask(session, netherlands)
    assert len(netherlands.asked) == 3


@pytest.mark.parametrize("status", [400, 404, 406, 302])
def test_a_wrong_question_is_not_put_again(
    netherlands: Netherlands, session: HttpClient, status: int
) -> None:
    netherlands.faults.append(Fault(INDEX, status=status, raw=b'{"detail":"no such thing"}'))
    with pytest.raises(errors.ServiceRefused, match="no such thing"):
        ask(session, netherlands)
    assert len(netherlands.asked) == 1


def test_a_silent_service_is_not_waited_for(session: HttpClient) -> None:
    with pytest.raises(errors.ServiceUnreachable, match="ConnectError"):
        session.get_json("PDOK", "http://127.0.0.1:9/index.json")


def test_the_budget_ends_a_slow_drip(netherlands: Netherlands) -> None:
    """Each byte comes in time, the whole never would: 0.3 s is all we give."""
    netherlands.faults.append(Fault(INDEX, way="drip"))
    started = time.monotonic()
    with hurried(budget_s=0.3) as session, pytest.raises(errors.FetchTooSlow):
        ask(session, netherlands)
    assert time.monotonic() - started < 2


def test_whoever_cancels_is_obeyed_at_the_next_byte(netherlands: Netherlands, session: HttpClient) -> None:
    netherlands.faults.append(Fault(INDEX, way="drip"))
    session.cancelled = lambda: session.received_bytes > 5
    with pytest.raises(errors.FetchCancelled):
        ask(session, netherlands)


def test_whoever_cancels_is_obeyed_while_we_wait(netherlands: Netherlands, session: HttpClient) -> None:
    netherlands.faults.append(Fault(INDEX, status=503))
    session.waits_s = (60.0, 60.0, 60.0)
    session.cancelled = lambda: len(netherlands.asked) == 1
    with pytest.raises(errors.FetchCancelled):
        ask(session, netherlands)


def test_at_most_two_requests_are_open_at_one_host(netherlands: Netherlands, session: HttpClient) -> None:
    threads = [threading.Thread(target=ask, args=(session, netherlands)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(netherlands.asked) == 8
    assert netherlands.most_at_once <= PER_HOST


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_another_path_on_the_same_host_is_followed(
    status: int, netherlands: Netherlands, session: HttpClient
) -> None:
    usual = ask(session, netherlands)
    moved = Fault(INDEX, times=1, status=status, headers={"Location": f"{INDEX}?moved=1"})
    netherlands.faults.append(moved)
    assert ask(session, netherlands) == usual
    netherlands.faults[:] = [Fault(INDEX, status=status, headers={"Location": INDEX})]
    with pytest.raises(errors.ServiceRefused):  # round and round
        ask(session, netherlands)
    elsewhere = {"Location": "http://127.0.0.1:9/index.json"}
    netherlands.faults[:] = [Fault(INDEX, status=status, headers=elsewhere)]
    with pytest.raises(errors.ServiceRefused):
        ask(session, netherlands)


def test_we_say_who_we_are(netherlands: Netherlands, session: HttpClient) -> None:
    ask(session, netherlands)
    assert netherlands.agents == {"beleefde-buurt/0.1 (kaart@voorbeeld.nl)"}


def test_nothing_that_was_asked_is_in_any_log(
    netherlands: Netherlands, session: HttpClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ask(session, netherlands, params={"q": "Geheimstraat"})
    assert "Geheimstraat" not in caplog.text


def test_a_reason_that_repeats_a_personal_question_is_left_out(
    netherlands: Netherlands, session: HttpClient
) -> None:
    netherlands.faults.append(Fault(INDEX, status=400, raw=b'{"error":{"msg":"Cannot parse Geheimstraat"}}'))
    with pytest.raises(errors.ServiceRefused) as found:
        ask(session, netherlands, private=True)
    assert "Geheimstraat" not in f"{found.value}{found.value.facts}"


def test_offline_nobody_is_asked(
    netherlands: Netherlands, session: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUURT_OFFLINE", "1")
    with pytest.raises(errors.FetchOffline):
        ask(session, netherlands)
    assert netherlands.asked == []


@pytest.mark.parametrize("service", SERVICES, ids=lambda s: s.key)
@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/x",
        "http://api.pdok.nl",
        "file:///etc/passwd",
        "https://api.pdok.nl.example.org",
        "https://api.pdok.nl@example.org",
        "ftp://127.0.0.1/x",
        "http://169.254.169.254/latest",
    ],
)
def test_a_service_cannot_be_pointed_anywhere(
    service: ServiceAddress, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(service.setting, address)
    if service.any_host and address.startswith("https:") and "@" not in address:
        assert service.addresses()  # the operator may name a server of their own
        return
    with pytest.raises(errors.ServiceAddressRefused):
        service.addresses()


@pytest.mark.parametrize("service", SERVICES, ids=lambda s: s.key)
def test_a_service_may_be_on_this_machine(service: ServiceAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(service.setting, "http://127.0.0.1:8080/x/, https://api.pdok.nl/y")
    assert service.addresses() == ("http://127.0.0.1:8080/x", "https://api.pdok.nl/y")


@pytest.mark.parametrize(
    ("service", "address", "whole"),
    [
        (PDOK, "http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        (LOCATIE, "http://127.0.0.1:8080", "http://127.0.0.1:8080/bzk/locatieserver/search/v3_1"),
        (OVERPASS, "http://127.0.0.1:8080", "http://127.0.0.1:8080/api"),
        (OVERPASS, "https://overpass-api.de/api/interpreter", "https://overpass-api.de/api"),
        (CBS, "http://127.0.0.1:8080", "http://127.0.0.1:8080/odata/v1/CBS"),
    ],
)
def test_a_host_alone_is_enough(
    service: ServiceAddress, address: str, whole: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(service.setting, address)
    assert service.addresses() == (whole,)


def test_addresses_are_searched_where_the_maps_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """PDOK has both: who puts another server behind it means both, unless they say otherwise."""
    monkeypatch.delenv("BUURT_LOCATIE_URL", raising=False)
    monkeypatch.setenv("BUURT_PDOK_URL", "http://127.0.0.1:8080")
    assert LOCATIE.addresses() == ("http://127.0.0.1:8080/bzk/locatieserver/search/v3_1",)
    monkeypatch.setenv("BUURT_LOCATIE_URL", "https://api.pdok.nl")
    assert LOCATIE.addresses() == ("https://api.pdok.nl/bzk/locatieserver/search/v3_1",)


def test_every_service_has_a_budget_of_its_own(netherlands: Netherlands) -> None:
    """One that is slow takes no time from the others; two collections of PDOK are one service."""
    netherlands.faults.append(Fault("/slow", way="drip", raw=b"{}" * 200))
    with hurried(budget_s=0.5) as session:
        session.check("PDOK wijken")
        with pytest.raises(errors.FetchTooSlow):
            session.get_json("Overpass", f"{netherlands.address}/slow")
        session.check("CBS StatLine")
        with pytest.raises(errors.FetchTooSlow):
            session.check("PDOK buurten")
