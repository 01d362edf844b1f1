"""benchmarks/peers/run.py says what is wrong with its words before it installs or writes anything."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

from program import SOURCE


class PeersWords(unittest.TestCase):
    def refused(self, *words, code):
        with tempfile.TemporaryDirectory() as folder:
            run = SOURCE / "benchmarks" / "peers" / "run.py"
            place = pathlib.Path(folder) / "peers"
            done = subprocess.run([sys.executable, run, "--no-write", "--folder", place, *words],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
            self.assertFalse(place.exists())
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        return done.stderr

    def test_unknown_models_and_ways_are_named(self):
        self.assertIn("llama-3.2-9b", self.refused("--models", "llama-3.2-9b:Q4_K_M", code=2))
        self.assertIn("Q1", self.refused("--models", "llama-3.2-1b:Q1", code=2))
        self.assertIn("llama-3.2-1b", self.refused("--models", "llama-3.2-1b", code=2))
        self.assertIn("sse", self.refused("--ways", "best,sse", code=2))

    def test_numbers_below_one_are_refused(self):
        for name in ("--alternations", "--prompt", "--decode", "--threads"):
            self.assertIn(name, self.refused(name, "0", code=2))

    def test_a_program_that_does_not_run_is_refused(self):
        self.assertIn("nowhere", self.refused("--minnow", "nowhere", code=1))


if __name__ == "__main__":
    unittest.main(verbosity=2)
