"""A plan, its scenarios, an incident -> papers to print, fill in and sign: what each says, and how it is set."""
