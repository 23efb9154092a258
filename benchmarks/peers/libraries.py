"""The libraries that relu_fast is compared with."""

from .array_peers import Numba, Numexpr, NumPy, SciPy
from .tensor_peers import Jax, OnnxRuntime, PyTorch

PEERS = {peer.package: peer for peer in (NumPy, SciPy, PyTorch, OnnxRuntime, Numexpr, Numba, Jax)}
