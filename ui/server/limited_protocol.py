"""The HTTP protocol of the server with what uvicorn has not: a clock on slow heads, a count per address."""

import asyncio
from collections import Counter
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from settings import BUDGETS
from ui.session.address_limits import UNLIMITED, network

_open: Counter[str] = Counter()
"""Connections that are open, by address; in memory only, and only as long as they are open."""


class LimitedProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]  # chosen by uvicorn when it starts
    """One connection: its head must come in time, and one address has so many at once."""

    _head_timer: asyncio.TimerHandle | None = None
    _address = ""

    def connection_made(self, transport: Any) -> None:
        """Count the connection, or close it; begin to wait for the head of a request."""
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self._address = network(str(peer[0])) if peer else ""
        _open[self._address] += 1
        if self._address not in UNLIMITED and _open[self._address] > BUDGETS.connections:
            transport.abort()
            return
        self._arm()

    def connection_lost(self, error: Exception | None) -> None:
        """Release the place of the connection."""
        self._disarm()
        _give_back(self._address)
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """Stop the clock when the head is whole; begin it anew with the first byte of the next one."""
        if self._is_between_requests():
            self._arm()
        super().data_received(data)
        if not self._is_between_requests():
            self._disarm()

    def handle_websocket_upgrade(self, *given: Any) -> None:
        """Leave the connection to the websocket, which has no clock; its place is given back when it ends."""
        self._disarm()
        super().handle_websocket_upgrade(*given)
        protocol = self.transport.get_protocol()
        if protocol is self:
            return
        lost, address = protocol.connection_lost, self._address

        def give_back(error: Exception | None) -> None:
            _give_back(address)
            lost(error)

        protocol.connection_lost = give_back

    def _is_between_requests(self) -> bool:
        cycle = self.cycle
        return cycle is None or bool(cycle.response_complete)

    def _arm(self) -> None:
        if self._head_timer is None:
            self._head_timer = asyncio.get_running_loop().call_later(BUDGETS.header_s, self._too_slow)

    def _disarm(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _too_slow(self) -> None:
        self._head_timer = None
        if self._is_between_requests():
            self.transport.abort()


def _give_back(address: str) -> None:
    _open[address] -= 1
    if _open[address] <= 0:
        del _open[address]
