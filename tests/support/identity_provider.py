"""A municipality's sign-in on this machine: OpenID Connect, as far as the app asks for it."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "beleefde-buurt"


class IdentityProvider(ThreadingHTTPServer):
    """Whoever comes is signed in at once, as somebody with these groups."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("localhost", 0), _Answers)
        self.key = RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256", "use": "sig"})
        self.groups: list[str] = []
        self.nonce = ""

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://localhost:{self.server_address[1]}"

    def secrets_toml(self, app_url: str) -> str:
        """Return what an operator writes to let the app use it: planners are who is in the group "plan"."""
        return f"""
[auth]
redirect_uri = "{app_url}/oauth2callback"
cookie_secret = "a secret of this test alone"
client_id = "{CLIENT}"
client_secret = "known to both"
server_metadata_url = "{self.url}/.well-known/openid-configuration"

[roles]
claim = "groups"
planner = ["plan"]
"""


class _Answers(BaseHTTPRequestHandler):
    server: IdentityProvider

    def log_message(self, *_line: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path == "/authorize":
            query = {key: values[0] for key, values in parse_qs(asked.query).items()}
            self.server.nonce = query.get("nonce", "")
            back = urlencode({"code": "known", "state": query["state"]})
            self.send_response(302)
            self.send_header("Location", f"{query['redirect_uri']}?{back}")
            self.end_headers()
        elif asked.path == "/keys":
            self._say({"keys": [self.server.key.as_dict(private=False)]})
        else:
            url = self.server.url
            self._say(
                {
                    "issuer": url,
                    "authorization_endpoint": f"{url}/authorize",
                    "token_endpoint": f"{url}/token",
                    "jwks_uri": f"{url}/keys",
                    "response_types_supported": ["code"],
                    "subject_types_supported": ["public"],
                    "id_token_signing_alg_values_supported": ["RS256"],
                }
            )

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        now = int(time.time())
        claims = {
            "iss": self.server.url, "sub": "somebody", "aud": CLIENT, "iat": now, "exp": now + 600,
            "nonce": self.server.nonce, "groups": self.server.groups,
        }  # fmt: skip
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.server.key)
        self._say({"access_token": "x", "token_type": "Bearer", "expires_in": 600, "id_token": signed})

    def _say(self, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving() -> Iterator[IdentityProvider]:
    """Run it."""
    with IdentityProvider() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
