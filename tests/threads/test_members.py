"""What members of the team are like, whoever called first."""

import os
import shutil
import subprocess

import pytest
from support.programs import linux, openmp, output_of

pytestmark = [linux, openmp, pytest.mark.version]

SIGNALS = """
import os, signal, relu_fast, team
relu_fast.set_num_threads(2)
assert team.started() == 1
raised = {"SIGBUS", "SIGFPE", "SIGILL", "SIGSEGV", "SIGSYS", "SIGTRAP"}
for task in os.listdir("/proc/self/task"):
    status = dict(line.split(":", 1) for line in open(f"/proc/self/task/{task}/status"))
    if not status["Name"].strip().startswith("relu_fast"):
        continue
    blocked = int(status["SigBlk"], 16)
    free = {s.name for s in signal.Signals if not blocked >> s - 1 & 1}
    assert free - {"SIGKILL", "SIGSTOP"} == raised, free
"""


def test_signals_are_blocked_but_for_those_of_faults():
    """A fault whose signal is blocked ends a program that has a handler for it."""
    output_of(SIGNALS)


AFFINITY = """
import os, threading, numpy as np, relu_fast, team
cpus = os.sched_getaffinity(0)
relu_fast.set_num_threads(2)

def first():
    os.sched_setaffinity(0, {min(cpus)})
    team.started()

thread = threading.Thread(target=first)
thread.start()
thread.join()
(member,) = team.members()
assert os.sched_getaffinity(int(member.name)) == cpus
"""


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs two CPUs")
def test_members_are_not_bound_as_the_first_caller_is():
    output_of(AFFINITY)


# sched_getaffinity of a machine with more CPUs than a cpu_set_t has room for.
MANY_CPUS = """
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
    errno = EINVAL;
    if (size < 256) return -1;
    const long bytes = syscall(SYS_sched_getaffinity, pid, size, set);
    if (bytes < 0) return -1;
    memset((char *)set + bytes, 0, size - (size_t)bytes);
    return 0;
}
"""


def test_more_cpus_than_a_set_has_room_for(tmp_path):
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not compiler:
        pytest.skip("no C compiler")
    library = tmp_path / "many_cpus.so"
    command = [compiler, "-x", "c", "-", "-shared", "-fPIC", "-o", library]
    subprocess.run(command, input=MANY_CPUS.encode(), check=True)
    program = "import os, relu_fast; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]);"
    program += "print(relu_fast.get_num_threads())"
    assert output_of(program, LD_PRELOAD=str(library)) == "1"
