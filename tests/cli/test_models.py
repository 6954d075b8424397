"""Models on the command line: asked about, downloaded, stopped and gone on with, written with, deleted."""

import signal

import pytest

from tests.support.hub_server import Fault, HubSite, a_model, serving

NAME, WEIGHTS = "org/tiny", "model.safetensors"


@pytest.fixture
def hub(terminal, monkeypatch):
    with serving(HubSite({NAME: a_model()})) as site:
        for name, value in {"WRITER_HUB_URL": site.url, "WRITER_FETCH_HOSTS": f"localhost:{site.port}"}.items():
            terminal.environ[name] = value
            monkeypatch.setenv(name, value)
        yield site


def test_a_model_is_asked_about_downloaded_written_with_and_deleted(terminal, hub):
    assert "No model is on this machine." in terminal("models")[2]
    assert "org/tiny: 200.2 kB, licence apache-2.0" in terminal("models", NAME)[1]
    assert terminal.json("models", NAME)["obstacle"] == ""

    assert terminal.json("models", NAME, "--download")["state"] == "downloaded"
    assert "huggingface:org/tiny writes from now on." in terminal("models", NAME, "--write-with")[2]
    assert "org/tiny  downloaded  200.2 kB  apache-2.0" in terminal("models")[1]
    assert terminal("models", NAME, "--delete")[0] == 0
    assert terminal.json("models") == []


def test_the_same_command_goes_on_with_a_download_that_was_stopped(terminal, hub):
    hub.faults.append(Fault(WEIGHTS, "stall", 90_000))
    process = terminal.start("models", NAME, "--download")
    for line in process.stderr:
        if " of 200.2 kB" in line and hub.sent > 90_000:
            break
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)

    assert process.returncode == 130
    assert terminal("models", NAME, "--download")[0] == 0
    assert hub.asked_for(WEIGHTS)[1].headers["range"].startswith("bytes=")


def test_what_cannot_be_done_is_said(terminal, hub):
    hub.gated = True
    code, _, err = terminal("models", NAME, "--download")
    assert (code != 0, "is gated" in err) == (True, True)
    code, _, err = terminal("models", "org/other")
    assert (code, "knows no model" in err) == (2, True)
    assert terminal("models", "--download")[0] == 2
    assert terminal("models", "org/other", "--delete")[0] == 2
