"""Logging for operators: an event and its facts, to stderr and to a file that rotates, with every secret taken out.

Redaction is done by the formatter, on everything a line is made of, tracebacks included: a filter on loggers would miss
the loggers of libraries.
"""

import json
import logging
import re
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Literal

from writer.domain.log_context import log_context, log_facts

__all__ = ["Redaction", "close_logging", "expect_terminal", "log_context", "setup_logging"]

_BYTES = 5_000_000
_FILES = 3
_HIDDEN = "[redacted]"
_SECRET_NAME = re.compile(r"(?i)(?:^|_|-)(?:api_?key|key|authorization|secret|password|passwd|cookie|bearer)$")
_PATTERNS = (
    re.compile(r"(?P<keep>\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=\-]{6,}", re.IGNORECASE),
    re.compile(r"(?P<keep>)\b(?:sk|pk|rk|gsk|xai|hf|ghp|gho|r8|tvly)[-_][A-Za-z0-9_\-]{8,}"),
    re.compile(r"(?P<keep>)\bAIza[A-Za-z0-9_\-]{16,}"),
    re.compile(
        r"(?P<keep>(?:api[-_]?key|x-goog-api-key|authorization|secret(?:[-_]key)?|password|access[-_]token)"
        r"""["']?\s*[:=]\s*["']?)(?!\[redacted\]|bearer\b|basic\b)[^\s"',;&)}]+""",
        re.IGNORECASE,
    ),
    re.compile(r"(?P<keep>[?&](?:key|token|sig|signature)=)[^&\s\"']+", re.IGNORECASE),
    re.compile(r"(?P<keep>\w://[^/\s:@]*:)[^@\s/]+(?=@)"),
)
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_TALKATIVE = ("httpx", "httpx2", "httpcore", "openai", "google_genai", "chromadb", "urllib3", "asyncio", "alembic")

_ours: list[logging.Handler] = []
_for_commands: dict[str, str] = {}


class Redaction:
    """`secrets` are the configured ones, to be found whatever they look like."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        self._secrets = sorted({secret for secret in secrets if len(secret) >= 6}, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        for pattern in _PATTERNS:
            text = pattern.sub(rf"\g<keep>{_HIDDEN}", text)
        return text

    def fact(self, name: str, value: object) -> object:
        if _SECRET_NAME.search(name) and isinstance(value, str) and value:
            return _HIDDEN
        return value if isinstance(value, int | float | bool | None) else self(str(value))


class _Formatter(logging.Formatter):
    def __init__(self, redact: Redaction) -> None:
        super().__init__()
        self._redact = redact

    def facts(self, record: logging.LogRecord) -> dict[str, object]:
        extra = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        return {name: self._redact.fact(name, value) for name, value in {**log_facts(), **extra}.items()}

    def parts(self, record: logging.LogRecord) -> tuple[str, str, str]:
        """(time, message, traceback)"""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        return at, self._redact(record.getMessage()), self._redact(trace)


class PlainFormatter(_Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at, message, trace = self.parts(record)
        facts = "".join(f" {name}={value!r}" for name, value in self.facts(record).items())
        line = f"{at} {record.levelname} {record.name}: {message}{facts}".replace("\n", "\\n").replace("\r", "\\r")
        return f"{line}\n{trace}" if trace else line


class JsonFormatter(_Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at, message, trace = self.parts(record)
        entry: dict[str, Any] = {"at": at, "level": record.levelname, "logger": record.name, "event": message}
        entry |= self.facts(record)
        if trace:
            entry["traceback"] = trace
        return json.dumps(entry, ensure_ascii=False)


def expect_terminal(name: str = "writer") -> None:
    """For commands, before logging is set up: the terminal is for the person, who is told of trouble in sentences; the
    file called `name` has the rest."""
    _for_commands.update(console_level="ERROR", name=name)


def setup_logging(
    level: str = "INFO",
    *,
    directory: Path | None = None,
    format: Literal["plain", "json"] = "plain",
    secrets: Sequence[str] = (),
) -> None:
    """May be called again: it replaces what an earlier call set up. Without a writable `directory`, stderr only."""
    redact = Redaction(secrets)
    formatter = JsonFormatter(redact) if format == "json" else PlainFormatter(redact)
    console = logging.StreamHandler(sys.stderr)
    console.setLevel(_for_commands.get("console_level", level))
    handlers: list[logging.Handler] = [console]
    failure = ""
    if directory is not None:
        try:
            handlers.append(_file(directory, _for_commands.get("name", "writer")))
        except OSError as error:
            failure = str(error)
    _install(handlers, formatter, level)
    if failure:
        logging.getLogger(__name__).warning("no log file", extra={"error": failure})


def close_logging() -> None:
    """Take our handlers away and close the file."""
    _remove_handlers()
    _for_commands.clear()


def _remove_handlers() -> None:
    while _ours:
        handler = _ours.pop()
        logging.getLogger().removeHandler(handler)
        handler.close()


class _LogFile(RotatingFileHandler):
    """On a full disk the console still has every line: a traceback for each that the file lacks helps nobody."""

    def handleError(self, record: logging.LogRecord) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handleError(record)

    def close(self) -> None:
        with suppress(OSError):
            super().close()


def _file(directory: Path, name: str) -> RotatingFileHandler:
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = directory / f"{name}.log"
    path.touch(mode=0o600, exist_ok=True)
    return _LogFile(path, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8", errors="backslashreplace")


def _install(handlers: Sequence[logging.Handler], formatter: logging.Formatter, level: str) -> None:
    _remove_handlers()
    root = logging.getLogger()
    root.setLevel(level)
    for handler in handlers:
        handler.setFormatter(formatter)
        root.addHandler(handler)
        _ours.append(handler)
    for talkative in _TALKATIVE:
        logging.getLogger(talkative).setLevel(logging.WARNING)
    threading.excepthook = _thread_ended


def _thread_ended(args: threading.ExceptHookArgs) -> None:
    """Python would print the traceback to stderr as it is, keys included."""
    if args.exc_type is SystemExit or args.exc_value is None:
        return
    facts = {"thread_name": args.thread.name if args.thread else ""}
    exc_info = (args.exc_type, args.exc_value, args.exc_traceback)
    logging.getLogger(__name__).error("a thread ended with an error", exc_info=exc_info, extra=facts)
