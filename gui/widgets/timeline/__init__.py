"""The timeline: a lane a submission, a span a step."""
