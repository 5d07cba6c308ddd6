"""The laws that every backend keeps: a class a subject, put together in `omnidsl.testing.suite`."""
