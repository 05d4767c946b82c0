"""What anonmsg does: one function per use case, grouped by subject.

Each takes a Context first and keywords after it, validates its input with `rules`,
commits its changes, and raises an AppError when it refuses.
"""
