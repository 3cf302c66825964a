"""What the words mean and what the rules are: frozen dataclasses and pure functions, no clock, no I/O."""
