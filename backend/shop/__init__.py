"""What is guarded: the operations, their tables, and the effects read back from them."""
