"""``relu-fast info``: what computes here, for a bug report or a script."""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import json
import platform
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

import relu_fast

from .. import _catalog, _ufuncs
from .command import print_json
from .output import Cell, Table
from .streams import results


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser(
        "info",
        help="show what computes here: ISA, threads, compiler, versions",
        description="Show what computes here: version, instruction sets, threads, caches, "
        "compiler, Python, NumPy. Worth pasting into a bug report.",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def details() -> dict[str, Any]:
    """`relu_fast.config()`, and what surrounds it."""
    return {
        **relu_fast.config(),
        "bundled": bundled(),
        "compiler": _ufuncs.compiler,
        "cache_bytes": _ufuncs.cache_bytes(),
        "cpu": cpu(),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "functions": len([f for f in _catalog.FUNCTIONS.values() if f.is_ufunc]),
        "path": str(Path(relu_fast.__file__).parent),
    }


def bundled() -> list[str]:
    """Libraries that came in the wheel, with version and licence: none in one built here."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        package = importlib.metadata.distribution("relu_fast")
        listed = json.loads(package.read_text("sboms/auditwheel.cdx.json") or "{}")
        return [
            f"{part['name']} {part['version']} ({part['licenses'][0]['expression']})"
            for part in listed.get("components", [])
            if "licenses" in part
        ]
    return []


def cpu() -> str:
    """The CPU's name; Python itself knows it on few systems."""
    with contextlib.suppress(OSError):
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        if found := re.search(r"^model name\s*: (.*)", text, re.MULTILINE):
            return found[1]
    return platform.processor() or platform.machine()


def run(options: argparse.Namespace) -> None:
    found = details()
    with results():
        if options.json:
            print_json(found)
            return
        rows = [[Cell(name.replace("_", " "), "bold"), Cell(shown(found[name]))] for name in found]
        Table("<<", rows[:1], [rows[1:]]).print(sys.stdout)


def shown(value: Any) -> str:
    return ", ".join(value) or "none" if isinstance(value, list) else str(value)
