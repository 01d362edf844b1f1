"""Models without the layers, heads and channels that do the least."""
import json
import pathlib
import tempfile
import unittest

from program import HOME_MODEL, SOURCE, answer, minnow

TEXT = SOURCE / "README.md"


class Prune(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.out = pathlib.Path(self.folder.name) / "small.gguf"

    def tearDown(self):
        self.folder.cleanup()

    def prune(self, *words):
        return minnow("prune", HOME_MODEL, self.out, "-f", TEXT, "-c", 128, "--chunks", 3, *words)

    def test_a_pruned_model_runs_and_its_loss_is_told(self):
        done = self.prune("--layers", 1, "--heads", 2, "--ffn", "10%", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual(len(report["removed_layers"]), 1)
        self.assertEqual(len(report["layer_influence"]), 5)
        self.assertEqual((report["head_groups"]["before"], report["head_groups"]["after"]), (4, 3))
        self.assertEqual((report["channels"]["before"], report["channels"]["after"]), (768, 704))
        self.assertGreater(report["divergence"]["mean"], 0)
        self.assertEqual(report["size_bytes"], {"before": HOME_MODEL.stat().st_size, "after": self.out.stat().st_size})
        self.assertIn(b"64 of 768 channels are removed, not 76: what stays must be a multiple of 32", done.stderr)
        self.assertIn(b"ffn_down.weight in Q8_0 are rounded again", done.stderr)
        shape = json.loads(minnow("show", self.out, "--json").stdout)["metadata"]
        self.assertEqual(shape["llama.block_count"], 4)
        self.assertEqual(shape["llama.attention.head_count"], 6)
        self.assertTrue(answer(self.out, "turn on the fan", "-n", 4)["tokens"])

    def test_removing_what_does_the_least_costs_less_than_removing_more(self):
        losses = []
        for share in ("5%", "40%"):
            losses.append(json.loads(self.prune("--ffn", share, "--json").stdout)["divergence"]["mean"])
        self.assertLess(losses[0], losses[1])

    def test_refusals_are_one_line_and_leave_no_file(self):
        for words, sentence in (
            (("--layers", 5), b"the model has 5 layers: 5 can't be removed"),
            (("--heads", 1), b"2 heads share a key and a value"),
            (("--ffn", 3), b"blocks of 32"),
            ((), b"nothing to remove"),
        ):
            done = self.prune(*words)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, rb"^minnow: .*\n$")
            self.assertIn(sentence, done.stderr)
            self.assertFalse(self.out.exists())
        for words in (("--ffn", "0"), ("--ffn", "many"), ("--ffn", "120%"), ("--ffn", "-3"), ("--layers", "-1")):
            self.assertEqual(self.prune(*words).returncode, 2, words)


if __name__ == "__main__":
    unittest.main()
