"""Installs torch into this environment. On Linux the CPU build: the default one brings gigabytes of CUDA.

Asks PyTorch's own CPU index where it answers, else the configured package index.
"""

import re
import subprocess
import sys
import urllib.request
from pathlib import Path

CPU_INDEX = "https://download.pytorch.org/whl/cpu"


def main() -> None:
    constraints = Path(__file__).resolve().parent.parent / "constraints.txt"
    version = re.search(r"^torch==(\S+)", constraints.read_text(), re.M)
    requirement = f"torch=={version[1]}" if version else "torch"
    command = [sys.executable, "-m", "pip", "install", "--quiet", requirement]
    if sys.platform == "linux" and _answers(f"{CPU_INDEX}/torch/"):  # its build is named +cpu, which pip prefers
        command += ["--index-url", CPU_INDEX, "--extra-index-url", "https://pypi.org/simple"]
    sys.exit(subprocess.call(command))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


if __name__ == "__main__":
    main()
