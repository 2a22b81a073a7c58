"""Connections of who says nothing: each has a clock, and one address so many at once; whoever works is left alone."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from tests.support.coroutines import run_coroutine
from ui.server import limited_protocol
from ui.server.limited_protocol import LimitedProtocol

STRANGER, RESIDENT = "127.0.0.9", "127.0.0.8"
HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"
ANSWERED = b"HTTP/1.1 200"
WAIT_S = 60
"""How long a test waits before it calls something held for ever."""

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[str], Awaitable[Line]]


@asynccontextmanager
async def serving(held: asyncio.Event, entered: asyncio.Event | None = None) -> AsyncIterator[Connect]:
    """A server with our protocol that sets `entered` at a request and answers when `held` is set.

    Yields how to connect from an address.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if entered is not None:
                entered.set()
            await held.wait()
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})

    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, http=LimitedProtocol, lifespan="off", log_level="critical")
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            await asyncio.sleep(0.01)
        port, lines = listening.getsockname()[1], list[Line]()

        async def connect(address: str) -> Line:
            lines.append(await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0)))
            return lines[-1]

        try:
            yield connect
        finally:
            for _, writer in lines:
                writer.close()
                with suppress(ConnectionError):
                    await writer.wait_closed()
            server.should_exit = server.force_exit = True
            await running


async def is_cut(line: Line) -> bool:
    """Wait until the other side is done; return whether it said nothing."""
    try:
        return await asyncio.wait_for(line[0].read(), WAIT_S) == b""
    except ConnectionResetError:
        return True


async def answer(line: Line) -> bytes:
    """Send the rest of a request and return the first words of its answer."""
    line[1].write(b"\r\n")
    return await asyncio.wait_for(line[0].read(len(ANSWERED)), WAIT_S)


def budget(monkeypatch: pytest.MonkeyPatch, **other: float) -> None:
    monkeypatch.setattr(limited_protocol, "BUDGETS", replace(limited_protocol.BUDGETS, **other))


def test_request_that_does_not_come_to_its_end_is_cut_and_a_slow_answer_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who waits for an answer waited longer than the clock of heads, as both others came later and were cut."""
    budget(monkeypatch, header_s=2)

    async def whole() -> tuple[bool, bool, bytes]:
        held, entered = asyncio.Event(), asyncio.Event()
        async with serving(held, entered) as connect:
            working = await connect(RESIDENT)
            working[1].write(HEAD)
            waiting = asyncio.create_task(answer(working))
            await asyncio.wait_for(entered.wait(), WAIT_S)
            silent, half = await connect(STRANGER), await connect(STRANGER)
            half[1].write(HEAD)
            cut = await is_cut(silent), await is_cut(half)
            held.set()
            return *cut, await waiting

    assert run_coroutine(whole()) == (True, True, ANSWERED)


def test_byte_now_and_then_does_not_turn_the_clock_back(monkeypatch: pytest.MonkeyPatch) -> None:
    budget(monkeypatch, header_s=0.5)

    async def whole() -> int:
        async with serving(asyncio.Event()) as connect:
            reader, writer = await connect(STRANGER)
            for sent in range(600):
                writer.write(b"GET / HTTP/1.1\r\nX-Long: "[sent : sent + 1] or b"a")
                try:
                    if not await asyncio.wait_for(reader.read(1), 0.05):
                        break
                except TimeoutError:
                    continue
                except ConnectionResetError:
                    break
            return sent

    assert run_coroutine(whole()) < 599


def test_one_address_has_so_many_connections_and_gets_them_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The third of two is cut at once, also with a whole request; somebody else comes in, and so do they later."""
    budget(monkeypatch, header_s=WAIT_S, connections=2)

    async def whole() -> tuple[bool, bytes, bytes]:
        held = asyncio.Event()
        held.set()
        async with serving(held) as connect:
            two = [await connect(STRANGER) for _ in range(2)]
            third = await is_cut(await connect(STRANGER))
            resident = await connect(RESIDENT)
            resident[1].write(HEAD)
            other = await answer(resident)
            for line in two:
                line[1].close()
            while limited_protocol._open[STRANGER]:
                await asyncio.sleep(0.01)
            again = await connect(STRANGER)
            again[1].write(HEAD)
            return third, other, await answer(again)

    assert run_coroutine(whole()) == (True, ANSWERED, ANSWERED)
