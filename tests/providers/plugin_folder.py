"""The example plugin, installed as a package manager would: its module and a dist-info folder, on sys.path."""

import configparser
import shutil
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "writer-echo"


@contextmanager
def installed_example(site: Path) -> Iterator[Path]:
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    shutil.copy(EXAMPLE / "writer_echo.py", site)
    with on_path(site, project["name"], project["entry-points"]["writer.providers"]):
        yield site


@contextmanager
def on_path(site: Path, name: str, entries: dict[str, str]) -> Iterator[None]:
    info = site / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    parser = configparser.ConfigParser()
    parser["writer.providers"] = entries
    with (info / "entry_points.txt").open("w") as file:
        parser.write(file)
    sys.path.insert(0, str(site))
    try:
        yield
    finally:
        sys.path.remove(str(site))
        sys.modules.pop("writer_echo", None)
