"""Other people's services under the lab: described in a file, judged from outside, seen on the wire, explored."""
