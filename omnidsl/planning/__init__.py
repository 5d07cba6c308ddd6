"""What would run: a checked recipe and its bindings become a plan, plain data that can be stored and resumed."""
