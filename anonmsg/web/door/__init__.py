"""The checks that every request and socket passes before anything else sees it."""
