"""The language server: an editor's requests -> diagnostics, hover, completion and the rest, over stdin and stdout.

What it answers is found by `plan_rules.authoring`; here it is only put into the words of the protocol.
"""
