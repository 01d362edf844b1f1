"""Measuring what quantizing cost, and the gate that lets a file pass or not."""
import json
import pathlib
import tempfile
import unittest

from program import HOME_MODEL, SOURCE, minnow

TEXT = SOURCE / "README.md"


class Eval(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.small = pathlib.Path(cls.folder.name) / "small.gguf"
        cls.kept = pathlib.Path(cls.folder.name) / "reference.lp"
        assert minnow("quantize", HOME_MODEL, cls.small, "Q4_0").returncode == 0
        saved = minnow("eval", "divergence", HOME_MODEL, "-f", TEXT, "-c", 128, "--chunks", 4, "--save-reference", cls.kept)
        assert saved.returncode == 0, saved.stderr

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def divergence(self, *words):
        done = minnow("eval", "divergence", self.small, *words, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def gate(self, *words):
        return minnow("eval", "gate", "--reference", self.kept, "--candidate", self.small, *words)

    def test_from_a_model_and_from_its_kept_predictions(self):
        kept = self.divergence("--reference", self.kept)
        model = self.divergence("--reference", HOME_MODEL, "-f", TEXT, "-c", 128, "--chunks", 4)
        self.assertAlmostEqual(kept["mean"], model["mean"], delta=0.01 * model["mean"] + 1e-4)
        self.assertEqual(kept["tokens"], model["tokens"])
        self.assertGreater(kept["mean"], 0)
        self.assertEqual(len(kept["model"]["sha256"]), 64)

    def test_the_gate_opens_and_shuts(self):
        report = pathlib.Path(self.folder.name) / "report.html"
        self.assertEqual(self.gate("--max-divergence", 50).returncode, 0)
        shut = self.gate("--max-divergence", 0, "--min-same-top", 0, "--report", report)
        self.assertEqual(shut.returncode, 1)
        self.assertRegex(shut.stderr, rb"^minnow: refused: mean KL divergence is [0-9.e-]+, at most 0 is allowed\n$")
        self.assertIn("refused", report.read_text())
        judged = json.loads(self.gate("--max-divergence", 0, "--json").stdout)
        self.assertEqual((judged["passed"], judged["checks"][0]["holds"]), (False, False))

    def test_refuses_what_cannot_be_compared(self):
        self.assertEqual(self.gate().returncode, 2)
        self.assertEqual(minnow("eval", "divergence", self.small).returncode, 2)
        broken = pathlib.Path(self.folder.name) / "broken.lp"
        broken.write_bytes(self.kept.read_bytes()[:500])
        done = minnow("eval", "divergence", self.small, "--reference", broken)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count(b"\n"), 1)


if __name__ == "__main__":
    unittest.main()
