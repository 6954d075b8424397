"""The commands of `python -m writer`. Their names and exit codes are relied on by scripts: see docs/commands.md.

Nothing heavy is imported until a command needs it: `--help` answers at once.
"""

import argparse
import sys
from collections.abc import Sequence

from writer.cli import (
    asking,
    budgets,
    collections,
    comparing,
    generate,
    library,
    models,
    operations,
    publishing,
    researching,
    serving,
    usage,
    verifying,
)
from writer.cli.console import BAD_INPUT, PROVIDER_FAILED, STOPPED, UNEXPECTED, end_quietly, say
from writer.domain.errors import ConfigurationError, JobStopped, ProviderError, ReplyInvalid, UserMistake, WriterError


def main(argv: Sequence[str] | None = None) -> int:
    """0 done, 1 unexpected, 2 bad input, 3 provider failure with what was finished kept, 4 claims without support,
    130 stopped."""
    args = _parser().parse_args(argv)
    try:
        code: int = args.run(args)
        sys.stdout.flush()
        return code
    except WriterError as error:
        say(str(error))
        return _code_of(error)
    except KeyboardInterrupt:
        say("Stopped.")
        return STOPPED
    except BrokenPipeError:  # the reader of our output (head, less) has seen enough
        end_quietly()
        return 0


def _code_of(error: WriterError) -> int:
    if isinstance(error, UserMistake | ConfigurationError):
        return BAD_INPUT
    if isinstance(error, ProviderError | ReplyInvalid):
        return PROVIDER_FAILED
    return STOPPED if isinstance(error, JobStopped) else UNEXPECTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m writer", description="Writer: from a brief to a cited draft.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    writing = (serving, generate, researching, asking, comparing, library, usage, collections, verifying, publishing)
    for group in (*writing, models, budgets, operations):
        group.add_to(commands)
    return parser
