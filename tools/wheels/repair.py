"""Make a wheel that runs on other Linux systems, with the licences of what it then brings along.

python tools/wheels/repair.py WHEEL FOLDER [options of auditwheel repair]

auditwheel copies the OpenMP runtime into the wheel, and lists its name and version in
dist-info/sboms, but not its licence. That is added here: in the list, in the metadata, and as text.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

TEXTS = Path(__file__).parent / "licenses"
# What may be brought along: the licence in SPDX's words, and its texts.
LICENSES = {
    "libgomp": (
        "GPL-3.0-or-later WITH GCC-exception-3.1",
        ["GPL-3.0.txt", "GCC-exception-3.1.txt"],
    ),
    "libomp": ("Apache-2.0 WITH LLVM-exception", ["Apache-2.0.txt", "LLVM-exception.txt"]),
}


def main(wheel, folder, *options):
    with tempfile.TemporaryDirectory() as temporary:
        subprocess.run(["auditwheel", "repair", "-w", temporary, *options, wheel], check=True)
        (repaired,) = Path(temporary).glob("*.whl")
        with zipfile.ZipFile(repaired) as archive:
            items = [item for item in archive.infolist() if not item.is_dir()]
            files = {item.filename: archive.read(item) for item in items}
    add_licenses(files)
    record(files)
    Path(folder).mkdir(parents=True, exist_ok=True)
    made_at = items[0].date_time  # that of all, if SOURCE_DATE_EPOCH says one
    kept = {item.filename: item for item in items}
    with zipfile.ZipFile(Path(folder) / repaired.name, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            item = kept.get(name) or zipfile.ZipInfo(name, made_at)
            item.external_attr = item.external_attr or 0o100644 << 16
            archive.writestr(item, content, zipfile.ZIP_DEFLATED)


def add_licenses(files):
    """To the files of a wheel, name -> bytes, for each library that is among them."""
    info = next(name for name in files if name.endswith(".dist-info/WHEEL")).removesuffix("/WHEEL")
    libraries = {Path(name).name.split("-")[0] for name in files if ".libs/" in name}
    if not libraries:
        return
    metadata, parts = f"{info}/METADATA", f"{info}/sboms/auditwheel.cdx.json"
    stated, listed = files[metadata].decode(), json.loads(files[parts])
    for library in sorted(libraries):
        if library not in LICENSES:
            sys.exit(f"{library} would be brought along, and {__file__} does not say its licence")
        found = [part for part in listed["components"] if part["name"].startswith(library)]
        if not found:
            sys.exit(f"auditwheel does not say the name and version of {library}")
        expression, texts = LICENSES[library]
        for part in found:
            part["licenses"] = [{"expression": expression}]
        names = [f"{library}/{text}" for text in texts]
        for name, text in zip(names, texts, strict=True):
            files[f"{info}/licenses/{name}"] = (TEXTS / text).read_bytes()
        stated = with_more(stated, "License-Expression", f" AND {expression}")
        stated = with_more(stated, "License-File", "".join(f"\nLicense-File: {n}" for n in names))
    files[metadata], files[parts] = stated.encode(), json.dumps(listed).encode()


def with_more(metadata, field, more):
    """`metadata`, and `more` after the first line that begins with `field`."""
    before, start, rest = metadata.partition(f"\n{field}: ")
    value, end, after = rest.partition("\n")
    return before + start + value + more + end + after


def record(files):
    """Write RECORD again, at the end of the archive: the hash and size of each file."""
    name = next(name for name in files if name.endswith(".dist-info/RECORD"))
    del files[name]
    lines = []
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(content)}\n")
    files[name] = "".join([*lines, f"{name},,\n"]).encode()


if __name__ == "__main__":
    main(*sys.argv[1:])
