"""relu_fast against the machine's limit and every peer installed.

    pip install ".[peers]"
    python benchmarks/compare_peers.py --quick                       # 5 to 10 minutes
    python benchmarks/compare_peers.py                               # 1.5 hours
    python benchmarks/compare_peers.py --function elu --size 1e6     # a part of it
    OMP_WAIT_POLICY=passive python benchmarks/compare_peers.py --markdown docs/performance.md

In each cell (function, form, dtype, size, layout, threads) relu_fast, its peers and a plain
C loop over as much memory take turns, several times, and their medians are compared.  With
OMP_WAIT_POLICY=passive nobody's waiting threads take the CPUs of whoever is next.
benchmarks/README.md says how to read the tables.
"""

from __future__ import annotations

import argparse
import datetime
import os
import pathlib
import shlex
import sys

RESULTS = pathlib.Path(__file__).parent / "results" / "peers"
SECONDS, QUICK_SECONDS = 1.0, 0.5  # for each cell
PATIENCE, QUICK_PATIENCE = 300, 10


def main(arguments=None):
    # Imported here: asv imports this file too, where rich need not be installed.
    from peers import markdown, picture, tables
    from peers.cells import FULL, PER_CHANNEL, QUICK, cells
    from peers.results import Report
    from peers.run import run
    from rich.console import Console

    import relu_fast

    parser = argument_parser()
    chosen = parser.parse_args(arguments)
    console = Console()
    chosen.output.mkdir(parents=True, exist_ok=True)
    path = chosen.output / "results.json"
    if chosen.stored:
        report = Report.load(chosen.stored)
    else:
        selected = cells(
            QUICK if chosen.quick else FULL,
            relu_fast.get_num_threads(),
            sizes=chosen.size,
            threads=chosen.threads,
            functions=chosen.function,
            forms=chosen.form,
            dtypes=chosen.dtype,
            layouts=chosen.layout,
        )
        if not selected:
            parser.error(
                "no cell has all of that; --layout channels is for "
                f"{', '.join(PER_CHANNEL)}, grad has out only"
            )
        facts = {
            "command": command(sys.argv[1:] if arguments is None else arguments),
            "date": datetime.date.today().isoformat(),
        }
        seconds = chosen.seconds or (QUICK_SECONDS if chosen.quick else SECONDS)
        patience = chosen.patience
        if patience is None:
            patience = QUICK_PATIENCE if chosen.quick else PATIENCE
        report = run(selected, chosen.peers, seconds, patience, facts, path, console)
    tables.show(report, console)
    report.save(path)
    for page in filter(None, (chosen.output / "performance.md", chosen.markdown)):
        page.parent.mkdir(parents=True, exist_ok=True)
        image = page.with_suffix(".png")
        drawn = image.name if picture.draw(report, image) else None
        markdown.write(report, page, drawn, chosen.beside and Report.load(chosen.beside))
        console.print(f"written: {page}", highlight=False)
    return 0 if report.stored["complete"] else 130


def argument_parser():
    from peers.cells import DTYPES, FUNCTIONS, LAYOUTS
    from peers.forms import FORMS
    from peers.libraries import PEERS

    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0],
        epilog="An option that selects takes several values.",
    )
    parser.add_argument(
        "--quick", action="store_true", help="fewer cells and rounds: 5 to 10 minutes"
    )
    axes = {
        "--function": FUNCTIONS,
        "--form": tuple(FORMS),
        "--dtype": DTYPES,
        "--layout": tuple(LAYOUTS),
        "--peers": tuple(PEERS),
    }
    several = {"nargs": "+", "action": "extend", "default": []}
    for option, values in axes.items():
        metavar = option.strip("-").upper()
        parser.add_argument(
            option, choices=values, metavar=metavar, help=", ".join(values), **several
        )
    parser.add_argument("--size", type=whole_number, metavar="N", help="such as 1e6", **several)
    parser.add_argument("--threads", type=whole_number, metavar="N", **several)
    parser.add_argument("--seconds", type=float, help="for each cell")
    parser.add_argument(
        "--patience", type=float, help="seconds in all to wait for other processes to end"
    )
    parser.add_argument("--output", type=pathlib.Path, default=RESULTS, help="folder to write to")
    parser.add_argument("--markdown", type=pathlib.Path, help="write the page here as well")
    parser.add_argument("--stored", type=pathlib.Path, help="show a results.json, measure nothing")
    parser.add_argument(
        "--beside",
        type=pathlib.Path,
        metavar="STORED",
        help="for the page: a results.json of a run with another OMP_WAIT_POLICY",
    )
    return parser


def whole_number(text):
    value = float(text)
    if value < 1 or value != int(value):
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 1 on")
    return int(value)


def command(arguments):
    policy = os.environ.get("OMP_WAIT_POLICY")
    setting = f"OMP_WAIT_POLICY={shlex.quote(policy)} " if policy else ""
    return setting + shlex.join(["python", "benchmarks/compare_peers.py", *arguments])


if __name__ == "__main__":
    sys.exit(main())
