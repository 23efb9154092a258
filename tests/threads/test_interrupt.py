"""Ctrl-C while a large array is computed: the call is completed, and all goes on as before."""

import signal
import subprocess
import sys

import pytest

INTERRUPTED = """
import os, signal, threading, time
import numpy as np, relu_fast

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in a shell's background jobs
relu_fast.set_num_threads({threads})
x = np.empty(1 << 26, np.float32)
in_the_middle = False

def interrupt():
    global in_the_middle
    while x[0] == -1:
        pass
    in_the_middle = x[x.size // 2 - 1] == -1
    os.kill(os.getpid(), signal.SIGINT)

for _ in range(100):
    x[:] = -1
    thread = threading.Thread(target=interrupt)
    try:
        thread.start()
        returned = {call}
        time.sleep(60)
    except KeyboardInterrupt:
        pass
    else:
        raise AssertionError("no KeyboardInterrupt")
    thread.join()
    assert (x == {expected}).all()
    if in_the_middle:
        break
else:
    raise AssertionError("no interrupt came during a call")
for n in (3, 1000, 1 << 20):
    assert (relu_fast.leaky_relu(np.full(n, -1.0), 0.5) == -0.5).all()
raise KeyboardInterrupt
"""
CALLS = {
    "relu_fast.elu(x, 0.5, out=x)": "np.float32(0.5 * np.expm1(-1))",
    "relu_fast.leaky_relu(x, np.float64(0.5), out=x)": "-0.5",  # NumPy's way, in pieces
    "relu_fast.relu_(x)": "0",
}


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("call", CALLS)
def test_keyboard_interrupt(call, threads):
    program = INTERRUPTED.format(call=call, expected=CALLS[call], threads=threads)
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == -signal.SIGINT, ran.stderr
    assert ran.stderr.endswith("KeyboardInterrupt\n")
