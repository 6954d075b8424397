import json
import signal
import socket
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT
from tests.support.scripted_article import quick
from tests.support.scripted_server import NEVER_ENDING, ScriptedServer, failing, out_of_credit
from writer.cli.console import opened
from writer.cli.serving import command, free_port
from writer.domain.actors import LOCAL_ACTOR

COMMANDS = "serve generate ingest search export usage doctor worker migrate reindex backup restore"


def test_help_names_every_command_and_loads_nothing_heavy(terminal):
    probe = "import sys, writer.cli; writer.cli._parser(); print(*sys.modules)"
    process = terminal.start("--help")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert all(name in out for name in COMMANDS.split())

    import subprocess

    loaded = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    heavy = {"streamlit", "sqlalchemy", "chromadb", "torch", "openai", "pydantic", "numpy", "yaml", "fastapi", "nh3"}
    assert heavy & set(loaded.split()) == set()


def test_generate_without_any_key_gives_a_cited_article_and_a_report(terminal, tides, brief):
    out, report = terminal.folder / "article.md", terminal.folder / "report.json"

    code, said, progress = terminal("generate", brief, "--sources", tides, "--out", out, "--report", report)

    assert code == 0, progress
    assert said == ""
    assert "Outline: done" in progress
    assert "[^1]: Tides" in out.read_text()
    told = json.loads(report.read_text())
    assert told["state"] == "done"
    assert set(told) >= {
        "draft_id",
        "sections",
        "route",
        "tokens",
        "cost_micros",
        "requests",
        "timings",
        "passages_cited",
    }
    assert told["route"] == "built-in"
    assert (told["requests"], told["cost_micros"]) == (0, 0)
    assert told["passages_cited"] >= 1
    assert {"key", "heading", "state", "words", "citations", "gap", "flags"} <= set(told["sections"][0])
    assert told["timings"]["total_s"] >= 0
    assert not any("definition" in finding["sentence"] for finding in told["findings"])


def test_the_same_brief_again_is_the_same_article_at_no_cost(terminal, tides, brief):
    first, second = terminal.folder / "1.json", terminal.folder / "2.json"
    assert terminal("generate", brief, "--sources", tides, "--report", first)[0] == 0

    code, out, _ = terminal("generate", brief, "--sources", tides, "--report", second)

    assert code == 0
    assert out.startswith("---\ntitle: ")
    one, two = json.loads(first.read_text()), json.loads(second.read_text())
    assert (one["draft_id"], one["job_id"]) == (two["draft_id"], two["job_id"])
    assert one["timings"] == two["timings"]


def test_with_nothing_to_write_from_generate_begins_nothing(terminal, brief):
    out = terminal.folder / "article.md"

    code, said, err = terminal("generate", brief, "--out", out)

    assert (code, said) == (2, "")
    assert err == "There are no sources to write from yet. Add one, or choose a model.\n"
    assert not out.exists()


def test_generate_waits_for_sources_that_are_being_read(terminal, tides, brief):
    with opened() as app, tides.open("rb") as content:
        assert app.sources.add_file("tides.md", content, LOCAL_ACTOR).state == "queued"

    code, said, err = terminal("generate", brief)

    assert code == 0, err
    assert "S1 Tides: ready" in err
    assert "[^1]: Tides" in said


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "list of fields"),
        ("- a\n- b\n", "list of fields"),
        ("words: 300\n", "topic is empty"),
        ("topic: x\nwords: 5\n", "words"),
        ("topic: [unclosed\n", "line 2"),
        ("topic: !!python/object/apply:os.system ['true']\n", "not YAML"),
        ("topic: 2026-02-31\n", "not YAML"),
        ("topic: x\ncontent_type: no-such-type\n", "no-such-type"),
        ("topic: x\ndue: soon\n", "due"),
    ],
)
def test_a_brief_that_cannot_be_used_is_bad_input_in_one_sentence(text, sentence, terminal):
    code, out, err = terminal("generate", terminal.file("bad.yaml", text))

    assert (code, out) == (2, "")
    assert sentence in err
    assert "Traceback" not in err


def test_missing_files_and_folders_are_bad_input(terminal, brief, tides):
    missing = terminal.folder / "missing"

    for argv in (
        ["generate", missing],
        ["generate", terminal.folder],
        ["generate", brief, "--sources", missing],
        ["generate", brief, "--out", missing / "x.md"],
        ["generate", brief, "--route", "nobody:model"],
        ["generate", brief, "--route", "openai:gpt-5-mini"],
        ["ingest", missing],
        ["export", "0" * 32],
        ["restore", missing],
        ["backup", missing / "x.tar"],
    ):
        code, _, err = terminal(*argv)
        assert code == 2, (argv, err)
        assert err.strip().endswith(".")
        assert "Traceback" not in err


def test_a_wrong_setting_is_bad_input(terminal, monkeypatch):
    monkeypatch.setenv("WRITER_RUNNER", "sometimes")

    code, _, err = terminal("doctor")

    assert code == 2
    assert "WRITER_RUNNER" in err


def test_words_that_are_no_command_are_bad_input(terminal):
    for argv in ([], ["paint"], ["search"], ["search", "x", "--limit", "0"], ["serve", "--port", "x"]):
        with pytest.raises(SystemExit) as ended:
            terminal(*argv)
        assert ended.value.code == 2


@pytest.mark.parametrize("reply", [failing(401), out_of_credit()])
def test_a_provider_that_fails_is_three_and_what_was_finished_is_kept(reply, terminal, tides, brief, monkeypatch):
    report = terminal.folder / "report.json"
    with ScriptedServer(lambda asked: quick(asked) if len(server.requests) < 4 else reply) as server:
        monkeypatch.setenv("WRITER_OPENAI__BASE_URL", server.url)
        monkeypatch.setenv("WRITER_OPENAI__API_KEY", "sk-canary-123456")
        argv = ["generate", brief, "--sources", tides, "--route", "openai:model-a", "--report", report]
        code, _, err = terminal(*argv)
        assert code == 3, err
        assert "is kept" in err
        told = json.loads(report.read_text())
        assert told["state"] == "failed"
        assert told["requests"] >= 3

        server.script = quick
        paid = len(server.requests)
        monkeypatch.setenv("WRITER_OPENAI__API_KEY", "sk-canary-of-a-good-account")
        code, _, err = terminal(*argv)
        assert code == 0, err
        again = json.loads(report.read_text())
        assert again["draft_id"] == told["draft_id"]
        assert len(server.requests) > paid
        assert again["cost_micros"] is None or again["cost_micros"] >= 0
    logs = (terminal.folder / "data" / "logs" / "writer.log").read_text()
    assert "sk-canary" not in logs + err + report.read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_keeps_what_is_there_and_the_same_command_goes_on(number, terminal, tides, brief, monkeypatch):
    report = terminal.folder / "report.json"
    with ScriptedServer(NEVER_ENDING) as server:
        monkeypatch.setenv("WRITER_OPENAI__BASE_URL", server.url)
        monkeypatch.setenv("WRITER_OPENAI__API_KEY", "sk-canary-123456")
        argv = ["generate", brief, "--sources", tides, "--route", "openai:model-a", "--report", report]
        process = terminal.start(*argv)
        server.wait_for(lambda: bool(server.requests))
        process.send_signal(number)
        _, err = process.communicate(timeout=60)

        assert process.returncode == 130, err
        assert "Stopped." in err
        assert json.loads(report.read_text())["state"] == "stopped"
        server.wait_for(lambda: server.open == 0)

        server.script = quick
        code, _, err = terminal(*argv)
        assert code == 0, err
        assert json.loads(report.read_text())["state"] == "done"


def test_ingest_takes_folders_says_what_it_left_out_and_search_finds(terminal, tides):
    folder = terminal.folder / "papers"
    (folder / "deep").mkdir(parents=True)
    (folder / ".hidden.txt").write_text("Hidden words.")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / "deep" / "moon.txt").write_text("The moon is 384,400 kilometres away from the earth.")

    code, out, err = terminal("ingest", folder, tides)
    assert (code, out) == (0, ""), err
    assert "2 of 2 documents are ready." in err
    broken = terminal.file("broken.txt", "")
    code, _, err = terminal("ingest", broken)
    assert code == 2
    assert "0 of 1" in err

    assert [source["state"] for source in terminal.json("ingest", tides)] == ["ready"]
    hits = terminal.json("search", "How far away is the moon?", "--limit", "2")
    assert set(hits[0]) == {"source_id", "title", "passage_id", "text", "score", "start", "end", "page", "highlights"}
    assert "384,400" in hits[0]["text"]
    code, out, _ = terminal("search", "neap tides")
    assert code == 0
    assert "Tides" in out
    assert terminal.json("search", "zzzz qqqq", "--limit", "1") == []


def test_export_and_usage(terminal, tides, brief):
    report = terminal.folder / "report.json"
    assert terminal("generate", brief, "--sources", tides, "--report", report)[0] == 0
    draft_id = json.loads(report.read_text())["draft_id"]

    code, out, _ = terminal("export", draft_id, "--format", "json")
    assert code == 0
    assert json.loads(out)["draft"]["id"] == draft_id
    file = terminal.folder / "x.md"
    assert terminal("export", draft_id, "--format", "markdown", "--out", file)[0] == 0
    assert file.read_text().startswith("---\n")
    assert terminal("export", draft_id, "--format", "exe")[0] == 2
    page = terminal.folder / "x.html"
    assert terminal("export", draft_id, "--format", "html", "--style", "author-date", "--out", page)[0] == 0
    assert "<h2" in page.read_text()
    assert 'href="#note-1"' not in page.read_text()
    assert terminal("export", draft_id, "--out", terminal.folder)[0] == 2
    assert terminal.json("usage")["total"]["calls"] == 0
    assert "0 calls" in terminal("usage")[1]
    assert terminal.json("usage", "--by", "draft", "--since", "2026-01-01", "--outcome", "failed")["by_draft"] == []
    assert terminal("usage", "--csv")[1].startswith('"Time (UTC)"')
    with pytest.raises(SystemExit):
        terminal("usage", "--since", "soon")


def test_doctor_says_what_works_and_which_settings_mean_nothing(terminal, monkeypatch):
    monkeypatch.setenv("WRITER_ROUTE", "x")

    told = terminal.json("doctor")
    code, out, _ = terminal("doctor")

    assert code == 0
    assert {"name", "ok", "sentence"} == set(told["findings"][0])
    assert told["unknown_settings"] == ["WRITER_ROUTE"]
    assert "WRITER_ROUTE" in out
    assert "Database" in out


def test_doctor_ends_with_one_when_the_database_does_not_answer(terminal, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    monkeypatch.setenv("WRITER_DATABASE_URL", f"postgresql://writer:canary-password@127.0.0.1:{port}/writer")

    code, out, err = terminal("doctor")

    assert code == 1, err
    assert "missing  Database: " in out
    assert "canary-password" not in out + err


def test_on_a_fresh_folder_doctor_prints_findings_and_nothing_else(terminal):
    process = terminal.start("doctor")
    out, err = process.communicate(timeout=120)

    assert (process.returncode, err) == (0, "")
    assert all(line.startswith(("ok ", "missing ")) for line in out.splitlines())


def test_a_backup_brings_everything_back_and_the_index_with_it(terminal, tides):
    assert terminal("ingest", tides)[0] == 0
    archive = terminal.folder / "backup.tar.gz"
    assert terminal("backup", archive)[0] == 0
    other = terminal.file("moon.txt", "The moon is 384,400 kilometres away from the earth.")
    assert terminal("ingest", other)[0] == 0

    code, out, err = terminal("restore", archive)

    assert code == 0, err
    assert "passages" in out
    assert "before-restore" in err
    assert "neap" in terminal.json("search", "neap tides", "--limit", "1")[0]["text"]
    assert not any("384,400" in hit["text"] for hit in terminal.json("search", "How far away is the moon?"))
    assert terminal("restore", tides)[0] == 2


def test_nothing_is_restored_under_a_writer_that_runs(terminal, tides):
    archive = terminal.folder / "backup.tar.gz"
    assert terminal("ingest", tides)[0] == 0
    assert terminal("backup", archive)[0] == 0
    worker = terminal.start("worker")
    assert worker.stderr is not None
    while "The worker runs." not in worker.stderr.readline():
        pass

    code, out, err = terminal("restore", archive)

    assert (code, out) == (2, "")
    assert err == "Writer is running on this data folder. Stop it, then restore; nothing was changed.\n"
    assert list((terminal.folder / "data").glob("*.before-restore")) == []
    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=60)
    assert terminal("restore", archive)[0] == 0


def test_migrate_and_reindex_say_what_they_did(terminal, tides):
    assert "up to date" in terminal("migrate")[1]
    assert terminal("ingest", tides)[0] == 0

    code, out, _ = terminal("reindex")

    assert code == 0
    assert "0 vectors were missing" in out


def test_a_worker_ends_when_it_is_told_to(terminal):
    process = terminal.start("worker")
    assert process.stderr is not None
    line = process.stderr.readline()
    while "The worker runs." not in line:
        line = process.stderr.readline()
    process.send_signal(signal.SIGTERM)

    assert process.wait(60) == 0
    process.communicate()


def test_two_processes_in_one_data_folder_hurt_nothing(terminal, tides):
    other = terminal.file("moon.txt", "The moon is 384,400 kilometres away from the earth.")

    both = [terminal.start("ingest", tides), terminal.start("ingest", other)]
    ended = [process.communicate(timeout=120) for process in both]

    assert [process.returncode for process in both] == [0, 0], ended
    assert terminal.json("search", "neap tides", "--limit", "1")
    assert terminal.json("search", "distance of the moon", "--limit", "1")
    with sqlite3.connect(terminal.folder / "data" / "writer.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


def test_a_reader_that_has_seen_enough_is_no_error(terminal, tides):
    assert terminal("ingest", tides)[0] == 0
    process = terminal.start("search", "tides", "--limit", "100")
    assert process.stdout is not None
    process.stdout.close()

    assert process.wait(60) in (0, 120)
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()


def test_a_port_that_is_taken_is_replaced_by_a_free_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        other = free_port("127.0.0.1", port)

    assert other != port
    assert other > 0
    assert free_port("127.0.0.1", port) == port


def test_the_app_is_served_headless_on_the_address_that_was_asked_for():
    parts = command("127.0.0.1", 8600)

    assert parts[:2] == ["streamlit", "run"]
    assert Path(parts[2]).name == "streamlit_app.py"
    assert parts[parts.index("--server.port") + 1] == "8600"
    assert parts[parts.index("--server.address") + 1] == "127.0.0.1"
    assert parts[parts.index("--browser.gatherUsageStats") + 1] == "false"


def test_an_address_of_another_machine_cannot_be_listened_on(terminal):
    code, _, err = terminal("serve", "--host", "203.0.113.1")

    assert code == 2
    assert "No port of 203.0.113.1" in err


def test_a_data_folder_that_cannot_be_made_is_a_sentence(terminal, monkeypatch):
    in_the_way = terminal.file("file", "not a folder")
    for folder in (in_the_way, in_the_way / "below"):
        monkeypatch.setenv("WRITER_DATA_DIR", str(folder))
        for name in ("doctor", "migrate"):
            code, out, err = terminal(name)
            assert (code, out) == (2, "")
            assert err.startswith(f"The data folder {folder} cannot be made: ")
            assert err.count("\n") == 1


def test_a_folder_in_place_of_the_file_is_refused_before_any_work(terminal, brief):
    code, _, err = terminal("generate", brief, "--out", terminal.folder)

    assert (code, err) == (2, f"{terminal.folder} is a folder: give the name of a file in it.\n")


def test_an_article_that_cannot_be_written_out_is_kept_and_named(terminal, tides, brief):
    code, out, err = terminal("generate", brief, "--sources", tides, "--out", "/dev/full")

    assert (code, out) == (2, "")
    assert "/dev/full cannot be written: No space left on device. The article is in draft " in err


def test_a_job_that_failed_overwrites_no_article_and_writes_no_empty_one(terminal, tides, brief, monkeypatch):
    out = terminal.file("article.md", "An earlier article.\n" * 1000)
    earlier, fresh = out.read_text(), terminal.folder / "fresh.md"
    with ScriptedServer(lambda asked: failing(401)) as nothing:
        monkeypatch.setenv("WRITER_OPENAI__BASE_URL", nothing.url)
        monkeypatch.setenv("WRITER_OPENAI__API_KEY", "sk-canary-123456")
        argv = ["generate", brief, "--sources", tides, "--route", "openai:model-a"]
        code, _, err = terminal(*argv, "--out", fresh)
        assert code == 3, err
        assert f"There is no text yet: {fresh} was not written." in err
        assert not fresh.exists()
    with ScriptedServer(lambda asked: quick(asked) if len(half.requests) < 4 else failing(401)) as half:
        monkeypatch.setenv("WRITER_OPENAI__BASE_URL", half.url)
        code, _, err = terminal(*argv, "--out", out)
        assert code == 3, err
        assert out.read_text() == earlier
        assert f"{out} was left as it is" in err
        assert "python -m writer export " in err
