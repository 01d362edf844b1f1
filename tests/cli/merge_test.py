"""Adapters taken out of the difference of two models."""
import json
import pathlib
import tempfile
import unittest

from program import HOME_MODEL, answer, minnow


class Extract(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.other = pathlib.Path(cls.folder.name) / "other.gguf"
        cls.adapter = pathlib.Path(cls.folder.name) / "adapter.gguf"
        assert minnow("quantize", HOME_MODEL, cls.other, "Q2_K").returncode == 0

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def extract(self, *words):
        return minnow("merge", HOME_MODEL, self.other, self.adapter, "--extract", *words)

    def test_an_extracted_adapter_runs(self):
        done = self.extract("--rank", 12, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        report = json.loads(done.stdout)
        self.assertTrue(0 < report["kept"] < 1)
        self.assertEqual({matrix["rank"] for matrix in report["matrices"]}, {12})
        self.assertIn("token_embd.weight", [tensor["name"] for tensor in report["left_out"]])
        self.assertIn(b"lost, because an adapter can't carry it: the change of token_embd.weight", done.stderr)
        with_adapter = answer(HOME_MODEL, "turn on the fan", "--lora", self.adapter, "--logprobs", 1)
        plain = answer(HOME_MODEL, "turn on the fan", "--logprobs", 1)
        self.assertNotEqual(with_adapter["tokens"], plain["tokens"])

    def test_words_that_do_not_belong_together(self):
        self.assertEqual(self.extract("--rank", 0).returncode, 2)
        self.assertEqual(self.extract("--scale", 2).returncode, 2)
        self.assertEqual(minnow("merge", HOME_MODEL, self.other, self.adapter, "--rank", 4).returncode, 2)

    def test_two_models_that_are_the_same(self):
        done = minnow("merge", HOME_MODEL, HOME_MODEL, self.adapter, "--extract")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, rb"^minnow: no matrix of .* differs from .*: there is nothing to extract\n$")


if __name__ == "__main__":
    unittest.main()
