"""How mail leaves, what it says and how it looks."""
