"""What leaves the repository as a release: archives, hashes, bills of materials and licences."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
