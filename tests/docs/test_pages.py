"""What the pages say can be checked against the repository: code, links, files, decisions."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, Block, anchors, blocks, code, links, name_of, without_blocks

PYTHON = [block for page in PAGES for block in blocks(page) if block.info.split(" ")[0] == "python"]
FRAGMENT = "python fragment"


@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_every_python_block_is_python(block: Block) -> None:
    compile(textwrap.dedent(block.code), str(block), "exec")


@pytest.mark.parametrize("block", [block for block in PYTHON if block.info != FRAGMENT], ids=str)
def test_every_python_block_that_is_no_fragment_runs(block: Block, tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "WRITER_DATA_DIR": str(tmp_path / "data")}
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(block.code)],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("doc", PAGES, ids=name_of)
def test_every_link_within_the_repository_leads_somewhere(doc: Path) -> None:
    for target in links(doc):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        there = (doc.parent / path).resolve() if path else doc

        assert there.exists(), f"{target} does not exist"
        assert not anchor or anchor in anchors(there), f"{target} names no heading"


def test_every_decision_is_linked_from_the_index() -> None:
    linked = set(links(ROOT / "docs" / "README.md"))

    assert {f"adr/{path.name}" for path in (ROOT / "docs" / "adr").glob("*.md")} <= linked


def test_every_page_is_linked_from_the_index_or_the_readme() -> None:
    index, readme = ROOT / "docs" / "README.md", ROOT / "README.md"
    linked = {(page.parent / link).resolve() for page in (index, readme) for link in links(page) if "://" not in link}

    assert set((ROOT / "docs").glob("*.md")) - {index} <= linked


FOLDERS = ("writer", "pages", "tests", "editor/src")


def test_every_file_that_the_architecture_names_exists() -> None:
    files = {path.relative_to(ROOT).as_posix() for top in FOLDERS for path in _files(ROOT / top)}
    files |= {path.name for path in ROOT.iterdir()}
    named = [
        name
        for name in code(ROOT / "docs" / "architecture.md")
        if name.endswith((".py", ".js", ".toml")) and "*" not in name
    ]

    assert named
    for name in named:
        assert any(path == name or path.endswith(f"/{name}") for path in files), f"{name} does not exist"


def test_every_folder_that_the_architecture_names_exists() -> None:
    for name in code(ROOT / "docs" / "architecture.md"):
        if name.endswith("/") and name.startswith(("writer/", "pages/", "tests/", "benchmarks/")):
            assert (ROOT / name).is_dir(), f"{name} does not exist"


def test_no_sentence_is_marked_as_still_to_be_written() -> None:
    for page in PAGES:
        assert not {"TODO", "TBD", "FIXME", "lorem"} & set(without_blocks(page).split()), name_of(page)


def _files(top: Path) -> list[Path]:
    return [path for path in top.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
