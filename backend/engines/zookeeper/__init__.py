"""ZooKeeper: a private server, its keeper in the lab, and the client of backend processes."""
