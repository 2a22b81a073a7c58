"""A phone without a screen: it speaks Streamlit's own protocol with the real server, at next to no cost.

What a browser does with a page is left out; what it says to the server is the same: it opens a connection,
asks for a page, fills in what is on it, presses a button, and waits until the page has been made again.
"""

import asyncio
import json
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

DONE = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)
SPOKEN = {
    "heading": ("body",),
    "markdown": ("body",),
    "text": ("body",),
    "html": ("body",),
    "alert": ("body",),
    "code": ("code_text",),
    "button": ("label",),
    "page_link": ("label",),
    "text_input": ("label",),
    "text_area": ("label",),
    "selectbox": ("label",),
    "checkbox": ("label",),
    "radio": ("label",),
    "metric": ("label", "body"),
}
"""Which fields of an element a visitor reads."""

MAX_BYTES = 64_000_000


class Silent(RuntimeError):
    """The server gave no whole page in time, or what was asked for is not on it."""


@dataclass
class Phone:
    """One connection with one page.

    Attributes
    ----------
    elements
        What is on the page now, in order.
    received
        Bytes that came in.
    pages
        Addresses of all pages there are; the first one has none.
    session
        Id of the visit at the server; a connection that names one asks to go on with it.
    source
        Address of this machine that it comes from; "" for the usual one.
    """

    url: str
    cookie: str = ""
    session: str = ""
    source: str = ""
    patience_s: float = 60.0
    elements: list[Element] = field(default_factory=list)
    received: int = 0
    pages: tuple[str, ...] = ()
    query: dict[str, str] = field(default_factory=dict)
    _path: str = ""
    _hash: str = ""
    _held: dict[str, WidgetState] = field(default_factory=dict)
    _socket: Any = None

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def connect(self) -> None:
        """Open the connection, or open it again as the same visitor."""
        self._socket = await websockets.connect(
            self.url.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=[websockets.Subprotocol(name) for name in ("streamlit", "-", self.session) if name],
            additional_headers={"Cookie": self.cookie} if self.cookie else {},
            origin=websockets.Origin(self.url),
            max_size=MAX_BYTES,
            open_timeout=self.patience_s,
            compression=None,
            ping_interval=None,  # whether the server answers in time is what is measured
            **({"local_addr": (self.source, 0)} if self.source else {}),
        )

    @property
    def is_connected(self) -> bool:
        """Whether it ever got through."""
        return self._socket is not None

    async def close(self) -> None:
        """Hang up."""
        await self._socket.close()

    # --- Going and doing --------------------------------------------------------------------------

    async def open(self, address: str = "/") -> None:
        """Go to a page; what a resident's tab remembers is sent at once, as by a browser: nothing."""
        path, _, query = address.partition("?")
        self._path, self._hash = path.strip("/"), ""
        self.query = dict(parse_qsl(query))
        self._held = {}
        await self.rerun()
        if any(one.component_name.endswith("buurt_tab") for one in self._of("bidi_component")):
            await self.send("buurt_tab", "tab", {"kept": {"key": "", "drafted": False}})

    async def rerun(self, *pressed: WidgetState) -> None:
        """Say what stands in every field, and wait for the page as it is then."""
        asked = BackMsg()
        state = asked.rerun_script
        state.query_string = urlencode(self.query)
        if self._hash:
            state.page_script_hash = self._hash
        else:
            state.page_name = self._path
        state.widget_states.widgets.extend([*self._held.values(), *pressed])
        state.context_info.url = f"{self.url}/{self._path}"
        state.context_info.locale = "nl-NL"
        await self._socket.send(asked.SerializeToString())
        async with asyncio.timeout(self.patience_s):
            await self._listen()

    async def _listen(self) -> None:
        fresh: dict[tuple[int, ...], Element] = {}
        async for sent in self._socket:
            self.received += len(sent)
            message = ForwardMsg.FromString(sent)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session = message.new_session.initialize.session_id or self.session
                fresh = {}
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                fresh[tuple(message.metadata.delta_path)] = message.delta.new_element
            elif kind == "navigation":
                self.pages = tuple(page.url_pathname for page in message.navigation.app_pages)
                self._hash = message.navigation.page_script_hash
            elif kind == "page_info_changed":
                self.query = dict(parse_qsl(message.page_info_changed.query_string))
            elif kind == "script_finished" and message.script_finished in DONE:
                self.elements = [fresh[path] for path in sorted(fresh)]
                return
        raise Silent("the server hung up")

    # --- What is on the page ----------------------------------------------------------------------

    def find(self, kind: str, name: str = "") -> Any:
        """Return the element of this kind with this label or key.

        Raises
        ------
        Silent
            When there is none.
        """
        for one in self._of(kind):
            if not name or name == getattr(one, "label", None) or one.id.endswith(f"-{name}"):
                return one
        raise Silent(f"no {kind} {name!r} on the page: {self.text()[:400]}")

    def has(self, kind: str, name: str = "") -> bool:
        """Return whether `find` would find it."""
        try:
            self.find(kind, name)
        except Silent:
            return False
        return True

    def _of(self, kind: str) -> Iterator[Any]:
        return (getattr(one, kind) for one in self.elements if one.WhichOneof("type") == kind)

    def text(self) -> str:
        """Return what a visitor reads, one element a line, without the contents of maps and tables."""
        lines = []
        for one in self.elements:
            kind = str(one.WhichOneof("type"))
            found = getattr(one, kind)
            lines += [str(getattr(found, name)) for name in SPOKEN.get(kind, ())]
        return "\n".join(lines)

    # --- Filling in -------------------------------------------------------------------------------

    def fill(self, name: str, text: str) -> None:
        """Type in a field; nothing is sent yet."""
        kind = "text_input" if self.has("text_input", name) else "text_area"
        found = self.find(kind, name)
        self._held[found.id] = WidgetState(id=found.id, string_value=text)

    async def press(self, name: str) -> None:
        """Press a button."""
        await self.rerun(WidgetState(id=self.find("button", name).id, trigger_value=True))

    async def download(self, name: str) -> bytes:
        """Press a button whose file is made when it is asked for, and fetch that file.

        Raises
        ------
        Silent
            When the server could not make it, or did not within `patience_s`.
        """
        asked = BackMsg()
        wish = asked.backend_operation_request
        wish.request_id, wish.session_id = uuid.uuid4().hex, self.session
        wish.deferred_file.file_id = self.find("download_button", name).deferred_file_id
        await self._socket.send(asked.SerializeToString())
        async with asyncio.timeout(self.patience_s):
            async for sent in self._socket:
                message = ForwardMsg.FromString(sent)
                if message.WhichOneof("type") == "backend_operation_response":
                    answer = message.backend_operation_response
                    if answer.error_msg:
                        raise Silent(answer.error_msg)
                    return await asyncio.to_thread(self._fetch, answer.deferred_file.url)
        raise Silent("the server hung up")

    def _fetch(self, path: str) -> bytes:
        with urllib.request.urlopen(self.url + path, timeout=self.patience_s) as answer:
            return bytes(answer.read())

    async def send(self, component: str, key: str, value: Mapping[str, Any]) -> None:
        """Let a component of ours say something, as its script in the browser would."""
        for one in self._of("bidi_component"):
            if one.component_name.endswith(component) and one.id.endswith(f"-{key}"):
                self._held[one.id] = WidgetState(id=one.id, json_value=json.dumps(value))
                await self.rerun()
                return
        raise Silent(f"no component {component} {key!r} on the page: {self.text()[:400]}")

    def data(self, component: str) -> Any:
        """Return what a component of ours was given."""
        for one in self._of("bidi_component"):
            if one.component_name.endswith(component):
                return json.loads(one.json or one.mixed.json)
        raise Silent(f"no component {component} on the page")
