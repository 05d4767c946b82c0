"""One state class a page: who is asking, one use case, show the result."""
