import tomllib
from pathlib import Path

import pytest

from writer.domain.errors import ConfigurationError
from writer.settings import VERSION, documented_names, environment_accounts, read_settings, unknown_names

ROOT = Path(__file__).parents[2]
CANARY = "sk-canary-0123456789"


def read(**environ):
    return read_settings({"HOME": "/home/a", **environ})


def accounts(**environ):
    return {account.name: account for account in environment_accounts(read(**environ))}


def test_without_anything_set_all_is_in_one_folder_of_the_user():
    settings = read()

    assert settings.data_dir == Path("/home/a/.local/share/writer")
    assert settings.url == "sqlite:////home/a/.local/share/writer/writer.db"
    assert (settings.routes, settings.runner, settings.host, settings.port) == ((), "embedded", "127.0.0.1", 8501)
    assert environment_accounts(settings) == []
    assert settings.secrets() == ()


def test_the_desktops_data_folder_is_honoured_when_it_is_absolute():
    assert read(XDG_DATA_HOME="/data").data_dir == Path("/data/writer")
    assert read(XDG_DATA_HOME="relative").data_dir == Path("/home/a/.local/share/writer")


def test_every_setting_is_read():
    settings = read(
        WRITER_DATA_DIR="/srv/writer",
        WRITER_DATABASE_URL="postgresql://u:pw-canary@db/writer",
        WRITER_CHROMA_URL="http://chroma:8000/",
        WRITER_SECRET_KEY="secret-canary",
        WRITER_ROUTES="openai:gpt-5-mini, gemini:gemini-2.5-flash,",
        WRITER_RUNNER="off",
        WRITER_HOST="0.0.0.0",
        WRITER_PORT="9000",
        WRITER_ALLOWED_HOSTS="writer.lan,writer.example",
        WRITER_LOG_LEVEL="debug",
        WRITER_LOG_FORMAT="json",
        WRITER_REPLY_CACHE="on",
    )

    assert settings.url == "postgresql://u:pw-canary@db/writer"
    assert settings.chroma_url == "http://chroma:8000"
    assert settings.routes == ("openai:gpt-5-mini", "gemini:gemini-2.5-flash")
    assert (settings.runner, settings.host, settings.port) == ("off", "0.0.0.0", 9000)
    assert settings.allowed_hosts == ("writer.lan", "writer.example")
    assert (settings.log_level, settings.log_format) == ("DEBUG", "json")
    assert (settings.reply_cache, read().reply_cache) == ("on", "off")
    assert set(settings.secrets()) == {"secret-canary", "pw-canary"}
    assert "canary" not in repr(settings)


def test_our_names_win_over_the_vendors_and_the_vendors_fill_in():
    ours = accounts(WRITER_OPENAI__API_KEY="ours", OPENAI_API_KEY="theirs", OPENAI_BASE_URL="https://x.example/v1/")
    theirs = accounts(OPENAI_API_KEY="theirs", GOOGLE_API_KEY="google", WRITER_GEMINI__MODELS="a, b")

    assert (ours["openai"].key, ours["openai"].base_url) == ("ours", "https://x.example/v1")
    assert theirs["openai"].key == "theirs"
    assert (theirs["gemini"].key, theirs["gemini"].models) == ("google", ("a", "b"))
    assert accounts(GEMINI_API_KEY="gemini", GOOGLE_API_KEY="google")["gemini"].key == "gemini"


def test_an_address_without_a_key_is_a_server_of_ones_own():
    account = accounts(WRITER_OPENAI__BASE_URL="http://127.0.0.1:8000/v1")["openai"]

    assert (account.preset, account.key) == ("openai-compatible", "")


def test_the_old_gemini_library_is_an_account_only_where_a_route_asks_for_it():
    assert set(accounts(GEMINI_API_KEY="k")) == {"gemini"}
    assert accounts(GEMINI_API_KEY="k", WRITER_ROUTES="gemini-legacy:m")["gemini-legacy"].key == "k"


def test_an_empty_value_counts_as_not_set():
    assert read(WRITER_PORT="", WRITER_OPENAI__API_KEY=" ", OPENAI_API_KEY="").port == 8501
    assert accounts(WRITER_OPENAI__API_KEY=" ", OPENAI_API_KEY="theirs")["openai"].key == "theirs"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WRITER_PORT", "eighty"),
        ("WRITER_PORT", "70000"),
        ("WRITER_RUNNER", "sometimes"),
        ("WRITER_LOG_LEVEL", "loud"),
        ("WRITER_LOG_FORMAT", "xml"),
        ("WRITER_REPLY_CACHE", "yes"),
        ("WRITER_ROUTES", "gpt-5"),
        ("WRITER_ROUTES", "openai:"),
        ("WRITER_DATABASE_URL", f"mysql://u:{CANARY}@h/d"),
        ("WRITER_CHROMA_URL", "chroma"),
        ("WRITER_OPENAI__BASE_URL", f"nowhere?key={CANARY}"),
        ("OPENAI_BASE_URL", "ftp://x"),
        ("WRITER_GEMINI__BASE_URL", "//x"),
    ],
)
def test_a_value_that_cannot_be_used_is_one_sentence_that_names_it(name, value):
    with pytest.raises(ConfigurationError) as refused:
        read(**{name: value})

    sentence = str(refused.value)
    assert sentence.startswith(f"The setting {name} cannot be used: ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert CANARY not in sentence


def test_a_vendor_given_as_one_value_is_a_sentence_too():
    with pytest.raises(ConfigurationError) as refused:
        read(WRITER_OPENAI=CANARY)

    assert CANARY not in str(refused.value)


def test_misspelt_names_are_found():
    assert unknown_names({"WRITER_ROUTE": "x", "WRITER_ROUTES": "x", "WRITER_OPENAI__KEY": "x", "PATH": "x"}) == [
        "WRITER_OPENAI__KEY",
        "WRITER_ROUTE",
    ]


def test_every_setting_is_documented():
    page = (ROOT / "docs" / "settings.md").read_text()

    assert [name for name in documented_names() if f"| `{name}` |" not in page] == []


def test_the_version_is_the_packages():
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION
