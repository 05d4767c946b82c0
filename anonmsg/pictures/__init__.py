"""Draws link previews and QR codes."""
