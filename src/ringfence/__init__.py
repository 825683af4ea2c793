"""Ringfence: use language models, and prove that you did so within your agreements."""

__version__ = "0.1.0"
