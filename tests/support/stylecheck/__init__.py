"""The rules of tests/support/style, one kind a module."""
