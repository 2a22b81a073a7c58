"""Exit 0 when the server on this machine answers that it is alive; for HEALTHCHECK, which has no curl."""

import os
import sys
import urllib.request

port = os.environ.get("BUURT_LISTEN", "0.0.0.0:8501").rpartition(":")[2]
try:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=4) as answer:
        sys.exit(0 if answer.status == 200 else 1)
except OSError:
    sys.exit(1)
