"""Mutants: the app with one guard taken out each, to see that a test fails."""
