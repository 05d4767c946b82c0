"""Draws link previews, story images and QR codes."""
