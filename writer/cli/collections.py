"""`collections`: what there is, one as a file, one from a file."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from writer.cli.console import BAD_INPUT, DONE, emit, opened, say, show
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.errors import UserMistake

if TYPE_CHECKING:
    from writer.cli.console import Commands


def add_to(commands: "Commands") -> None:
    group = commands.add_parser("collections", help="list, export and import collections of sources")
    actions = group.add_subparsers(title="actions", metavar="ACTION", required=True)

    listing = actions.add_parser("list", help="each collection with its sources and passages")
    listing.add_argument("--json", action="store_true", help="one JSON document on standard output")
    listing.set_defaults(run=list_all)

    exporting = actions.add_parser("export", help="write a collection and its documents to one file")
    exporting.add_argument("collection", metavar="NAME", help="its name or id")
    exporting.add_argument("--out", type=Path, required=True, metavar="FILE.zip")
    exporting.set_defaults(run=export)

    importing = actions.add_parser("import", help="bring in an exported collection, as a new one")
    importing.add_argument("file", type=Path, metavar="FILE.zip")
    importing.set_defaults(run=bring_in)


def list_all(args: argparse.Namespace) -> int:
    with opened() as app:
        found = app.collections.listing(LOCAL_ACTOR)
    if args.json:
        emit([{name: getattr(one, name) for name in one.__dataclass_fields__ if name != "owner_id"} for one in found])
        return DONE
    for one in found:
        show(f"C{one.id}  {one.name}: {one.sources:,} sources, {one.passages:,} passages")
    if not found:
        say("There are no collections.")
    return DONE


def export(args: argparse.Namespace) -> int:
    from writer.services.knowledge.portable import left_out

    with opened() as app:
        (collection_id,) = app.collections.ids_of([args.collection], LOCAL_ACTOR)
        try:
            with args.out.open("wb") as file:
                missing = app.portable.export(collection_id, LOCAL_ACTOR, file)
        except OSError as error:
            raise UserMistake(f"{args.out} cannot be written: {error.strerror}.") from None
    for source in missing:
        say(left_out(source))
    say(f"Wrote {args.out}.")
    return DONE


def bring_in(args: argparse.Namespace) -> int:
    from writer.cli.ingesting import settle_library

    try:
        file = args.file.open("rb")
    except OSError as error:
        raise UserMistake(f"{args.file} cannot be read: {error.strerror}.") from None
    with file, opened(start=True) as app:
        imported = app.portable.take(file, LOCAL_ACTOR)
        settle_library(app)
    for sentence in imported.refused:
        say(sentence)
    told = f"{imported.added:,} new sources" + (f", {imported.here:,} that were here" if imported.here else "")
    say(f"“{imported.collection.name}” is collection C{imported.collection.id}, with {told}.")
    return BAD_INPUT if imported.refused else DONE
