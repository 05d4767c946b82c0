"""What a request or a socket must pass before anything else sees it."""
