#!/usr/bin/env python3
"""What the theory foretells of two words in one picture: seven mixes of garments, six seeds each, drawn by a network and by machines that
were never trained, from the same noise. A line for each network and weight: the median Pearson r of the network's picture and the
machine's, and in brackets of the network's and the machine's from another seed.

    python3 tools/mixes_foretold.py target/release/morphogen
"""

import statistics
import subprocess
import sys
import tempfile

from agreement import pictures

MIXES = [
    ("bag", "boot", "left"),
    ("trouser", "sneaker", "left"),
    ("boot", "bag", "above"),
    ("sandal", "boot", "above"),
    ("shirt", "dress", "above"),
    ("sneaker", "boot", "right"),
    ("trouser", "bag", "below"),
]
SEEDS = 6
MACHINES = ["blend", "wiener"]


def drawn(morphogen, folder, mix, weight, *how):
    """Pictures of a mix, one a seed."""
    prompt, over, region = mix
    output = f"{folder}/mix.safetensors"
    words = ["--prompt", prompt, "--over", over, "--region", region, "--weight", str(weight), "--count", str(SEEDS)]
    command = [morphogen, "sample", "--pack", "www/models/fashion", *words, *how, "--output", output]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return pictures(output)


def agreement(found):
    """Of pairs of lists: the median r of the same seeds, and of others."""
    r = [(i == j, statistics.correlation(a, b)) for one, two in found for i, a in enumerate(one) for j, b in enumerate(two)]
    return [statistics.median(value for same, value in r if same == asked) for asked in (True, False)]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(f"| network | weight | {' | '.join(MACHINES)} |\n|---|---|{'---|' * len(MACHINES)}")
    with tempfile.TemporaryDirectory() as folder:
        for network in ["attention", "resnet"]:
            for weight in [1, 2]:
                own = [drawn(sys.argv[1], folder, mix, weight, "--network", network) for mix in MIXES]
                cells = []
                for machine in MACHINES:
                    how = ["--network", network, "--machine", machine]
                    foretold = [drawn(sys.argv[1], folder, mix, weight, *how) for mix in MIXES]
                    same, other = agreement(zip(own, foretold))
                    cells.append(f"{same:.2f} ({other:.2f})".replace("0.", "."))
                print(f"| `{network}` | {weight} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
