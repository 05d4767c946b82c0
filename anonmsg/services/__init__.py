"""What anonmsg does: one function per use case, grouped by noun.

Each takes a Context first and keywords after it, checks by `rules` what it is
given, commits what it did, and raises an AppError where it refuses.
"""
