"""Several who explore one question together: threads, processes, machines."""
