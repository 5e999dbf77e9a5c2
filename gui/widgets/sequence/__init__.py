"""The sequence diagram of a counterexample, and what goes with it."""
