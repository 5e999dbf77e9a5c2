"""Between the window and the lab: signals out of callbacks, commands off the GUI thread."""
