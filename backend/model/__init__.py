"""The words of the project, and plain data made of them. Nothing here touches an engine."""
