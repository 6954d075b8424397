"""`ingest`, `search`, `export`: sources in, drafts out."""

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from writer.cli.console import BAD_INPUT, DONE, emit, opened, say, show, stoppable
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.scopes import Scope

if TYPE_CHECKING:
    from writer.cli.console import Commands
    from writer.services.exports import Exported


_FORMATS = "markdown, docx, pdf, html, epub, text, hugo, jekyll, astro or json"
_STYLES = "footnotes, author-date or links"
_NARROWED = (
    ("collection", "only in this collection, by name or number; may be given again"),
    ("tag", "only in sources with this tag; may be given again"),
    ("kind", "only in documents of this kind, such as pdf; may be given again"),
    ("language", "only in documents in this language, such as en; may be given again"),
)


def add_to(commands: "Commands") -> None:
    ingesting = commands.add_parser("ingest", help="add files and folders as sources")
    ingesting.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    ingesting.add_argument("--json", action="store_true", help="one JSON document on standard output")
    ingesting.set_defaults(run=ingest)

    searching = commands.add_parser("search", help="find passages in the sources")
    searching.add_argument("query", metavar="QUERY")
    searching.add_argument("--limit", type=_positive, default=8, metavar="N")
    for name, what in _NARROWED:
        searching.add_argument(f"--{name}", action="append", default=[], metavar=name.upper(), help=what)
    searching.add_argument("--source", action="append", type=_source_id, default=[], metavar="ID", help="only in it")
    searching.add_argument("--since", type=_day, metavar="DAY", help="only documents dated this day or later")
    searching.add_argument("--until", type=_day, metavar="DAY", help="only documents dated this day or earlier")
    searching.add_argument("--json", action="store_true", help="one JSON document on standard output")
    searching.set_defaults(run=search)

    exporting = commands.add_parser("export", help="write a draft to a file")
    exporting.add_argument("draft", metavar="DRAFT", help="the draft's id")
    exporting.add_argument("--format", default="markdown", help=f"{_FORMATS} (default: markdown)")
    exporting.add_argument("--style", default="footnotes", help=f"of citations: {_STYLES} (default: footnotes)")
    exporting.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    exporting.set_defaults(run=export)


def _source_id(text: str) -> int:
    number = text.removeprefix("S")
    if not number.isdecimal() or len(number) > 9:
        raise argparse.ArgumentTypeError("must be a source's number, such as 7 or S7")
    return int(number)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be a day such as 2024-03-31") from None


def _positive(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:9]) <= 100:
        raise argparse.ArgumentTypeError("must be a number from 1 to 100")
    return int(text)


def ingest(args: argparse.Namespace) -> int:
    from writer.cli.ingesting import files_of, ingested

    wanted = files_of(args.paths)
    with stoppable(), opened(start=True) as app:
        sources = ingested(app, args.paths)
    if args.json:
        hidden = ("blob", "owner_id")
        emit([{n: getattr(s, n) for n in s.__dataclass_fields__ if n not in hidden} for s in sources])
    ready = sum(source.state == "ready" for source in sources)
    say(f"{ready} of {len(wanted)} documents are ready.")
    return DONE if ready == len(wanted) else BAD_INPUT


def search(args: argparse.Namespace) -> int:
    with opened() as app:
        scope = Scope(
            collections=app.collections.ids_of(args.collection, LOCAL_ACTOR),
            tags=tuple(args.tag),
            kinds=tuple(args.kind),
            languages=tuple(args.language),
            since=args.since,
            until=args.until,
        )
        hits = app.sources.search(args.query, LOCAL_ACTOR, args.limit, args.source, scope)
    if args.json:
        emit([hit.facts() for hit in hits])
        return DONE
    for hit in hits:
        show(f"{hit.passage.id}  {hit.score:.2f}  {hit.passage.source_title}")
        show(f"    {' '.join(hit.passage.text.split())[:300]}")
    if not hits:
        say("Nothing in the sources is close enough.")
    return DONE


def export(args: argparse.Namespace) -> int:
    with opened() as app:
        exported = app.exports.export(args.draft, args.format, LOCAL_ACTOR, args.style)
    if args.out is None:
        return _printed(exported)
    try:
        args.out.write_bytes(exported.content)
    except OSError as error:
        say(f"{args.out} cannot be written: {error.strerror}.")
        return BAD_INPUT
    say(f"Wrote {args.out}.")
    return DONE


def _printed(exported: "Exported") -> int:
    """A file that is not text goes to where the output was sent, and never onto a screen."""
    if exported.is_text:
        show(exported.content.decode().rstrip("\n"))
        return DONE
    if sys.stdout.isatty():
        say(f"This is not a file for a screen: name one with --out {exported.filename}.")
        return BAD_INPUT
    sys.stdout.buffer.write(exported.content)
    return DONE
