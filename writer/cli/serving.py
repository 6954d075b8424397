"""`serve`: the app on this machine, on a free port if the usual one is taken."""

import argparse
import os
import runpy
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from writer.cli.console import DONE, show
from writer.domain.errors import ConfigurationError, UserMistake

if TYPE_CHECKING:
    from writer.cli.console import Commands

ENTRY = Path(__file__).parents[2] / "streamlit_app.py"


def add_to(commands: "Commands") -> None:
    parser = commands.add_parser("serve", help="serve the app and its API")
    parser.add_argument("--port", type=_port, default=None, help="default: 8501, or WRITER_PORT")
    parser.add_argument("--host", default=None, help="default: 127.0.0.1, or WRITER_HOST")
    parser.set_defaults(run=serve)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text[:6]) < 65536:
        raise argparse.ArgumentTypeError("must be a number from 1 to 65535")
    return int(text)


def serve(args: argparse.Namespace) -> int:
    from writer.settings import read_settings

    found = read_settings()
    host, wanted = args.host or found.host, args.port or found.port
    if not ENTRY.exists():
        raise ConfigurationError(f"The app's entry {ENTRY} is missing: install Writer from its repository.")
    port = free_port(host, wanted)
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else host
    note = f" (port {wanted} is taken)" if port != wanted else ""
    show(f"Writer is served at http://{shown}:{port}{note}")
    sys.stdout.flush()
    os.environ.update({"WRITER_HOST": host, "WRITER_PORT": str(port), "ORT_DISABLE_TELEMETRY": "1"})
    os.chdir(ENTRY.parent)  # Streamlit reads its configuration from the folder it is started in
    # In this process: what is imported so far (settings, pydantic) need not be imported again before the first page.
    sys.argv = command(host, port)
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
    return DONE


def command(host: str, port: int) -> list[str]:
    options = {
        "server.address": host,
        "server.port": port,
        "server.headless": "true",
        "browser.gatherUsageStats": "false",
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    return ["streamlit", "run", str(ENTRY), *flags]


def free_port(host: str, wanted: int) -> int:
    """`wanted`, or one that the system gives when another program has it."""
    for port in (wanted, 0):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except socket.gaierror:
                raise UserMistake(f"There is no address {host} on this machine.") from None
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise UserMistake(f"No port of {host} can be used.")
