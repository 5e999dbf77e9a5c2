"""Which objects of a database are ours: nothing of anybody else is ever written, emptied, dropped or altered."""
