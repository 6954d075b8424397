"""The editor's sources and the file that browsers get agree; this needs no Node."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from pages._shared.paper import EDITOR

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "editor"
MANIFEST = json.loads((EDITOR / "manifest.json").read_text("utf-8"))
REBUILD = "The editor's sources changed: run `make editor` and commit what it writes."


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_the_bundle_was_built_from_these_sources() -> None:
    files = [file for file in (SOURCES / "src").rglob("*") if file.is_file()]
    files += [SOURCES / name for name in ("build.js", "package.json", "package-lock.json")]

    assert MANIFEST["sources"] == {file.relative_to(SOURCES).as_posix(): sha256(file) for file in files}, REBUILD


def test_there_is_one_bundle_and_it_is_the_one_that_was_built() -> None:
    assert [file.name for file in EDITOR.glob("*.js")] == [MANIFEST["bundle"]], REBUILD
    assert sha256(EDITOR / MANIFEST["bundle"]) == MANIFEST["sha256"], REBUILD


def test_it_is_small_enough_to_load_at_once() -> None:
    assert (EDITOR / MANIFEST["bundle"]).stat().st_size < 1_500_000


def test_every_package_in_it_is_named_with_its_licence() -> None:
    lock = json.loads((SOURCES / "package-lock.json").read_text("utf-8"))["packages"]
    told = (EDITOR / "NOTICES.txt").read_text("utf-8")
    direct = list(lock[""]["dependencies"])

    assert all(f"{name} {lock[f'node_modules/{name}']['version']} (MIT)" in told for name in direct)
    assert told.count("Permission is hereby granted") >= told.count("(MIT)") > len(direct)


def test_packages_are_pinned_and_come_from_one_maintainer() -> None:
    dependencies = json.loads((SOURCES / "package.json").read_text("utf-8"))["dependencies"]

    assert all(name.startswith(("@codemirror/", "@lezer/")) for name in dependencies)
    assert all(version[0].isdigit() for version in dependencies.values())


@pytest.mark.skipif(
    not (shutil.which("node") and (SOURCES / "node_modules").is_dir()), reason="Node is needed to build only"
)
def test_built_again_it_is_the_same_file(tmp_path: Path) -> None:
    subprocess.run(["node", "build.js", str(tmp_path)], cwd=SOURCES, check=True, capture_output=True)

    assert (tmp_path / "manifest.json").read_bytes() == (EDITOR / "manifest.json").read_bytes()
