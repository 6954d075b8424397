import json
import logging
import threading

import pytest

from writer.domain.ports.settings import ProviderAccount
from writer.logs import Redaction, close_logging, log_context, setup_logging

CANARY = "canary-4711-abcdef"
logger = logging.getLogger("writer.tests")


@pytest.fixture(autouse=True)
def closed():
    before = logging.getLogger().level, threading.excepthook
    yield
    close_logging()
    logging.getLogger().setLevel(before[0])
    threading.excepthook = before[1]


def lines(folder):
    return (folder / "writer.log").read_text()


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {CANARY}",
        f"authorization='bearer {CANARY}'",
        f"Basic {CANARY}",
        f"sk-{CANARY}",
        f"sk-proj-{CANARY}",
        f"gsk_{CANARY}",
        f"hf_{CANARY}",
        f"AIza{CANARY}xxxxxxxxx",
        f"https://api.example/v1?key={CANARY}&x=1",
        f"https://api.example/v1?a=b&token={CANARY}",
        f"postgresql://writer:{CANARY}@db/writer",
        f'{{"api_key": "{CANARY}"}}',
        f"api-key={CANARY}",
        f"x-goog-api-key: {CANARY}",
        f"password = {CANARY}, user = a",
        f"secret_key='{CANARY}'",
        f"Incorrect API key provided: sk-{CANARY}. You can find your key at https://x.example.",
    ],
)
def test_what_looks_like_a_secret_never_reaches_the_log(text, tmp_path):
    setup_logging(directory=tmp_path)

    logger.info(text)
    logger.info("event", extra={"detail": text})
    logger.info("%s", text)

    assert CANARY not in lines(tmp_path)
    assert lines(tmp_path).count("[redacted]") == 3


@pytest.mark.parametrize("format", ["plain", "json"])
def test_a_configured_secret_is_taken_out_wherever_it_stands(format, tmp_path, capsys):
    setup_logging(directory=tmp_path, format=format, secrets=(CANARY,))

    logger.warning("said %s", CANARY, extra={"odd": {"nested": [CANARY]}, "api_key": "other-secret"})
    try:
        raise ValueError(f"the service said {CANARY}")
    except ValueError:
        logger.exception("failed")
    thread = threading.Thread(target=lambda: int(f"x{CANARY}"))
    thread.start()
    thread.join()

    written = lines(tmp_path) + capsys.readouterr().err
    assert CANARY not in written
    assert "other-secret" not in written
    assert "a thread ended with an error" in written
    assert "Traceback" in written


def test_an_account_does_not_show_its_key():
    assert CANARY not in repr(ProviderAccount("a", "openai", key=CANARY))


def test_ordinary_words_stay():
    redact = Redaction(("short",))

    for text in (
        "The key facts: 3 tokens",
        "token count=5",
        "task-force skill",
        "https://x.example/?q=key",
        "short keys",
    ):
        assert redact(text) == text


def test_json_lines_hold_facts_and_context(tmp_path):
    setup_logging(directory=tmp_path, format="json")

    with log_context(request_id="r1"), log_context(job_id="j1"):
        logger.info("route failed over", extra={"from_route": "a:b", "count": 2})
    logger.info("after")

    first, second = (json.loads(line) for line in lines(tmp_path).splitlines())
    assert (first["event"], first["from_route"], first["count"]) == ("route failed over", "a:b", 2)
    assert (first["request_id"], first["job_id"]) == ("r1", "j1")
    assert "request_id" not in second


@pytest.mark.parametrize("format", ["plain", "json"])
def test_half_a_character_does_not_cost_the_file_its_line(format, tmp_path):
    setup_logging(directory=tmp_path, format=format)

    logger.info("event", extra={"detail": "half \ud83d of one"})

    (line,) = lines(tmp_path).splitlines()
    assert "half" in line
    if format == "json":
        assert json.loads(line)["detail"] == "half \ud83d of one"


def test_a_line_cannot_be_forged_by_what_is_logged(tmp_path):
    setup_logging(directory=tmp_path)

    logger.info("title %s", "x\n2026-11-21T00:00:00 INFO writer: all is well")

    assert len(lines(tmp_path).splitlines()) == 1


def test_setting_up_again_replaces_and_a_folder_that_cannot_be_written_is_no_end(tmp_path):
    setup_logging(directory=tmp_path)
    setup_logging(directory=tmp_path)
    logger.info("once")
    assert lines(tmp_path).count("once") == 1

    blocked = tmp_path / "file"
    blocked.write_text("")
    setup_logging(directory=blocked)
    logger.info("still here")


def test_the_file_is_for_its_owner_alone(tmp_path):
    setup_logging(directory=tmp_path / "logs")

    assert (tmp_path / "logs" / "writer.log").stat().st_mode & 0o077 == 0
    assert (tmp_path / "logs").stat().st_mode & 0o077 == 0


def test_a_full_disk_costs_the_file_its_lines_and_the_console_nothing(tmp_path, capsys):
    (tmp_path / "writer.log").symlink_to("/dev/full")
    setup_logging(directory=tmp_path)

    logging.getLogger("writer.test").warning("disk is full")
    close_logging()

    said = capsys.readouterr().err
    assert "disk is full" in said
    assert "Traceback" not in said
