"""`python -m writer.typesetting.typst_child FOLDER`: sets its main.typ and says which characters no font has.

The folder is all that the program in main.typ can read. What is printed is JSON: {"missing": […], "error": "…"}.
"""

import json
import re
import sys
from pathlib import Path

_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_MEMORY_BYTES = 4_000_000_000
_CPU_SECONDS = 60


def _as_written(shown: str) -> str:
    r"""Typst shows what cannot be seen as \u{200b}."""
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), shown)


def restrict() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the parent's timeout still holds
        return
    for what, most in ((resource.RLIMIT_AS, _MEMORY_BYTES), (resource.RLIMIT_CPU, _CPU_SECONDS)):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(folder: str, standard: str, moment: str) -> int:
    """`standard` "ua-1" makes a PDF that says all that screen readers need, or tells why it cannot."""
    restrict()
    import typst

    try:
        standards: list[typst.PDFStandard] = ["ua-1"] if standard == "ua-1" else []
        compiler = typst.Compiler(
            str(Path(folder) / "main.typ"), root=folder, package_path=folder, package_cache_path=folder
        )
        compiler.compile(
            output=str(Path(folder) / "main.pdf"), format="pdf", pdf_standards=standards, timestamp=int(moment)
        )
    except typst.TypstError as error:
        missing = list(dict.fromkeys(map(_as_written, _MISSING.findall(error.diagnostic))))
        json.dump({"missing": missing, "error": error.message}, sys.stdout)
        return 0
    json.dump({"missing": [], "error": ""}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
