"""An owner's public page, where anyone can leave a message."""
