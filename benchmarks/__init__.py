"""How fast the engines and whole decisions are, beside hand-written Python and other rule engines.

python -m benchmarks              the tables, and benchmarks/results.json
python -m benchmarks --help       more rounds, memory over a million decisions, the page of the documentation
"""
