"""The built pages: filled, compressed and answered with."""
