import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "common"))
from money import rounded

print(rounded(1.234))
