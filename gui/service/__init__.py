"""The Service page: somebody's own service, checked from outside and explored."""
