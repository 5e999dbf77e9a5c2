"""What runs, explorations, comparisons and checks were: as data, as files, as a history, and as command lines."""
