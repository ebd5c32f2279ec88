//! The program with a pretended runtime: real processes, real commands, no rights needed.
