"""The command line, ``relu-fast``: a module for each command, and what they share.

=================== ==================================================================
`main`              the command line itself
`demo`              what runs without a command
`info`, `bench`,    a module for each command
`apply`, `plot`,
`verify`
`comparison`        each function beside NumPy's code for the same: error and speed
`parser`            the parser: errors of one line, negative numbers
`command`           arguments, errors, JSON
`files`             files that appear as a whole or not at all, and .npy files
`output`            tables and progress bars
`streams`           standard streams that are closed, full or left by their reader
=================== ==================================================================

Nothing of it is imported by ``import relu_fast``.
"""
