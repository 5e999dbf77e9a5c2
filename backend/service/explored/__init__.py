"""Every order in which two or three requests to somebody's service can run, with crashes and expiring leases."""
