"""A local web page on which a plan is tried, edited and proved: `plan-rules studio`."""
