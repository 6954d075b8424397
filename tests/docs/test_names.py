"""Names that people copy from the pages exist: commands, options, targets, settings, routes, words on screens."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI

from benchmarks.__main__ import ALL as BENCHMARKS
from tests.docs.pages import PAGES, ROOT, code, name_of, text_of, without_blocks
from writer import bootstrap
from writer.api import create_api
from writer.cli import main
from writer.settings import documented_names, read_settings

COMMAND = re.compile(r"python -m writer(?: ([a-z][a-z-]*))(.*)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ROUTE = re.compile(rf"\b({'|'.join(METHODS)}) (/[^\s?`]*)")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    app = bootstrap.build(read_settings({"HOME": str(tmp_path_factory.mktemp("home"))}))
    try:
        return create_api(app)
    finally:
        app.close()


@pytest.fixture
def routes(api: FastAPI) -> set[str]:
    paths = api.openapi()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def help_of(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("doc", PAGES, ids=name_of)
def test_every_command_and_option_in_the_pages_exists(doc: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for line in code(doc):
        if found := COMMAND.search(line):
            known = help_of(found.group(1), capsys)
            assert set(OPTION.findall(found.group(2))) <= set(OPTION.findall(known)), line


def test_every_command_and_its_options_are_on_the_page_of_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = re.findall(r"^    ([a-z]+) ", capsys.readouterr().out, re.MULTILINE)
    rows = {span.split(" ")[0]: span for span in code(ROOT / "docs" / "commands.md") if span.split(" ")[0] in commands}

    assert len(commands) > 10
    for command in commands:
        offered = set(OPTION.findall(help_of(command, capsys))) - {"--help"}
        assert offered <= set(OPTION.findall(rows[command])), command


@pytest.mark.parametrize("doc", PAGES, ids=name_of)
def test_every_make_target_in_the_pages_exists(doc: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {word for line in code(doc) for word in re.findall(r"(?:^|[;&] |[A-Z]=\S* )make ([a-z-]+)", line)}

    assert named <= targets


@pytest.mark.parametrize("doc", PAGES, ids=name_of)
def test_every_benchmark_in_the_pages_exists(doc: Path) -> None:
    named = {
        name for line in code(doc) for run in re.findall(r"-m benchmarks((?: [a-z_]+)+)", line) for name in run.split()
    }

    assert named <= set(BENCHMARKS)


def test_every_benchmark_has_a_place_among_the_figures() -> None:
    page = text_of(ROOT / "docs" / "figures.md")

    assert [name for name in BENCHMARKS if f"`python -m benchmarks {name}`" not in page] == []


@pytest.mark.parametrize("doc", PAGES, ids=name_of)
def test_every_setting_in_the_pages_exists(doc: Path) -> None:
    assert set(re.findall(r"\bWRITER_[A-Z_]*[A-Z]\b", text_of(doc))) <= set(documented_names())


def test_every_setting_is_explained() -> None:
    explained = set(code(ROOT / "docs" / "settings.md"))

    assert set(documented_names()) <= explained


def test_every_route_of_the_api_is_on_its_page(routes: set[str]) -> None:
    documented = {f"{method} {path}" for method, path in ROUTE.findall(text_of(ROOT / "docs" / "api.md"))}

    assert documented == routes


@pytest.mark.parametrize("doc", [page for page in PAGES if page.name != "api.md"], ids=name_of)
def test_every_route_in_the_other_pages_exists(doc: Path, routes: set[str]) -> None:
    named = {f"{method} {path.removeprefix('/api')}" for line in code(doc) for method, path in ROUTE.findall(line)}

    assert named <= routes


def test_the_words_in_bold_of_the_user_guide_stand_on_a_screen() -> None:
    guide = re.sub(r"`[^`\n]*`", "", without_blocks(ROOT / "docs" / "user-guide.md"))
    words = [" ".join(bold.split()).rstrip(".") for bold in re.findall(r"\*\*([^*]+)\*\*", guide)]
    screens = _plain("\n".join(text_of(path) for path in _screen_files()))

    assert len(words) > 80
    assert [word for word in words if not all(_is_shown(step, screens) for step in word.split(" › "))] == []


def _is_shown(words: str, screens: str) -> bool:
    """From the beginning of a text on, with … for what is filled in: a part of a longer label is not what it says."""
    said = ".{1,40}".join(re.escape(part) for part in _plain(words).removesuffix("…").split("…"))
    start = r"""["'>`}.] ?(?::material/\w+: )?|(?:title|label|: ) ?"""
    return re.search(f"(?:{start}){said}", screens) is not None


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).casefold()


def _screen_files() -> list[Path]:
    folders = ("pages", "writer/services", "writer/domain", "writer/providers", "writer/content_types")
    found = [
        path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".js", ".yaml")
    ]
    return sorted([*found, ROOT / "streamlit_app.py"])
