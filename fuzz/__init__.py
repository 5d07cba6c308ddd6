"""Coverage-guided fuzzing with atheris; README.md says how to run it."""
