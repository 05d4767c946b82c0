"""Pictures: link previews, QR codes, and the text drawn in them."""
