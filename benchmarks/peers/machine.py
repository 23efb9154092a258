"""What the numbers depend on: the machine, the versions, the clock."""

from __future__ import annotations

import os
import pathlib
import platform
import re
import subprocess
import time

import relu_fast

CPU = pathlib.Path("/sys/devices/system/cpu/cpu0")


def describe(clock):
    """Facts by name, for the head of the report; those unknown are left out."""
    config = relu_fast.config()
    facts = {
        "CPU": _cpu_model(),
        "cores": f"{relu_fast.get_num_threads()} available of {os.cpu_count()}",
        "clock": f"{clock / 1e9:.2f} GHz, measured" if clock else None,
        "caches": ", ".join(_caches()),
        "memory": _memory(),
        "governor": _read(CPU / "cpufreq" / "scaling_governor"),
        "waiting threads": waiting(),
        "load": f"{os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.release()}",
        "compiler of the limit": _compiler() if clock else None,
        "instruction set": config["isa"],
    }
    return {name: fact for name, fact in facts.items() if fact}


def waiting():
    """How the threads of those wait that use OpenMP's runtime."""
    policy = os.environ.get("OMP_WAIT_POLICY")
    return f"OMP_WAIT_POLICY={policy}" if policy else "as the libraries come"


def versions(ours, peers):
    return {
        "Python": platform.python_version(),
        "relu_fast": relu_fast.__version__,
        **{peer.name: peer.version for peer in peers},
    }


def last_level_cache():
    """Bytes of the largest cache; 32 MiB where that is unknown."""
    sizes = [_bytes(text) for level in CPU.glob("cache/index*") if (text := _read(level / "size"))]
    return max(sizes, default=2**25)


def busy_elsewhere():
    """Seconds of CPU time that were not ours since the machine started; 0 where unknown."""
    fields = _read(pathlib.Path("/proc/stat")).partition("\n")[0].split()[1:9]
    if not fields:
        return 0.0
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, fields)
    ticks = user + nice + system + irq + softirq + steal
    return ticks / os.sysconf("SC_CLK_TCK") - time.process_time()


class Patience:
    """Waits for other processes to leave the CPUs alone, in all for so many seconds."""

    STEP, TICKS = 0.1, 2

    def __init__(self, seconds):
        self.left = seconds

    def wait(self):
        """Whether they do."""
        while self.left > 0:
            busy = busy_elsewhere()
            time.sleep(self.STEP)
            self.left -= self.STEP
            if busy_elsewhere() - busy < self.TICKS / os.sysconf("SC_CLK_TCK"):
                return True
        return False


def waiting_for_cpu():
    """Seconds that our threads were ready to run but had no CPU, so far; 0 where unknown."""
    nanoseconds = 0
    for thread in pathlib.Path("/proc/self/task").glob("*/schedstat"):
        fields = _read(thread).split()
        nanoseconds += int(fields[1]) if fields else 0
    return nanoseconds / 1e9


def _cpu_model():
    found = re.search(r"^model name\s*: (.*)", _read(pathlib.Path("/proc/cpuinfo")), re.M)
    return found[1] if found else platform.processor() or platform.machine()


def _caches():
    for level in sorted(CPU.glob("cache/index*")):
        kind = {"Data": "d", "Instruction": "i"}.get(_read(level / "type"), "")
        yield f"L{_read(level / 'level')}{kind} {_bytes(_read(level / 'size')) // 1024:,} KiB"


def _memory():
    found = re.search(r"^MemTotal:\s*(\d+)", _read(pathlib.Path("/proc/meminfo")), re.M)
    return f"{int(found[1]) / 2**20:.0f} GiB" if found else None


def _compiler():
    command = [os.environ.get("CC", "cc"), "--version"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.stdout.partition("\n")[0]


def _bytes(text):
    units = {"K": 2**10, "M": 2**20, "G": 2**30}
    return int(text.rstrip("KMG")) * units.get(text[-1], 1)


def _read(path):
    try:
        return path.read_text().strip()
    except OSError:
        return ""
