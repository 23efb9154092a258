"""The asv benchmarks of relu_fast; see README.md."""
