"""Asks for a page of metrics so often, and prints how many samples the last one had."""
import sys
import urllib.request

for _ in range(int(sys.argv[2])):
    with urllib.request.urlopen(sys.argv[1]) as answer:
        page = answer.read().decode()
print(sum(1 for line in page.splitlines() if line and not line.startswith("#")))
