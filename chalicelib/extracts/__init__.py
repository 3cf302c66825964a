"""Files that come in, read into rows of texts: bytes -> sheets. Pure, and knows nothing of money."""
