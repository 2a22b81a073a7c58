"""What may stand in the log of the server: what happened and where, never what a visitor typed or was given.

Codes, secret links and addresses that somebody looks for travel behind the question mark of an address, and
the message of an error may quote what was typed. Neither is written down, by us or by any library.
"""

import logging
import re
import traceback
from types import TracebackType

QUERY = re.compile(r"\?[^\s\"'<>]*")
HELD_BACK = "?…"
MAX_MESSAGE_LENGTH = 2000
"""Characters of one message; a whole request in the log would be a leak by itself."""

OURS = logging.getLogger("buurt")
Raised = tuple[type[BaseException], BaseException, TracebackType | None]


def without_secrets(text: str) -> str:
    """Remove the query string from every address.

    Examples
    --------
    >>> without_secrets('GET /avond?sessie=abc&link=geheim HTTP/1.1')
    'GET /avond?… HTTP/1.1'
    """
    return QUERY.sub(HELD_BACK, text)[:MAX_MESSAGE_LENGTH]


def describe_error(error: BaseException) -> str:
    """Return the kind of an error and its place in the program, without its message.

    Examples
    --------
    >>> describe_error(ValueError("Dorpsstraat 1"))
    'ValueError'
    """
    lines: list[str] = []
    link: BaseException | None = error
    while link is not None and len(lines) < 200:
        lines += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(link.__traceback__)
        ]
        lines.append(type(link).__qualname__)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n".join(lines)


def redact_logs() -> None:
    """Redact personal data from every log of this process, whichever library writes it."""
    make = logging.getLogRecordFactory()
    if getattr(make, "is_quiet", False):
        return

    def quiet(*args: object, **kwargs: object) -> logging.LogRecord:
        record = make(*args, **kwargs)
        if isinstance(record.args, tuple):
            record.args = tuple(_named(one) for one in record.args)
        record.msg = without_secrets(_message(record))
        record.args = ()
        if record.exc_info and record.exc_info[1] is not None:
            # A formatter uses the text that is there already instead of writing out the message.
            record.exc_text = describe_error(record.exc_info[1])
        return record

    quiet.is_quiet = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(quiet)
    if not OURS.handlers:
        shown = logging.StreamHandler()
        shown.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        OURS.addHandler(shown)
        OURS.setLevel(logging.INFO)
        OURS.propagate = False


def _named(value: object) -> object:
    """Return an error in the arguments of a message by its kind; its text may quote a visitor."""
    return type(value).__qualname__ if isinstance(value, BaseException) else value


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):  # a library's message that does not fit its own arguments
        return str(record.msg)


def log_failure(work: str, problem: Exception) -> None:
    """Write down that daily work did not succeed, by the kind of error."""
    OURS.error("%s failed: %s", work, type(problem).__qualname__)
