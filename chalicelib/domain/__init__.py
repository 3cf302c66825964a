"""What the words mean and what the rules are: frozen values and pure functions, no clock, no I/O."""
