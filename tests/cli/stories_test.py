"""A real trained model tells its story: stories260K, as GGUF and converted from the llama2.c checkpoint.

Exits with 77 (skipped) when MINNOW_TEST_DATA isn't set.
"""
import json
import pathlib
import sys
import tempfile
import unittest

from program import SHARED, answer, kernel_tables, minnow

if not SHARED:
    print("MINNOW_TEST_DATA is not set")
    sys.exit(77)
FOLDER = pathlib.Path(SHARED) / "models" / "stories260K"
STORY = (FOLDER / "expected_greedy_200steps.txt").read_bytes()
IDS = [int(word) for word in (FOLDER / "greedy_token_ids.txt").read_text().split()]


class Stories(unittest.TestCase):
    def test_tells_the_expected_story_on_every_kernel_path(self):
        tables = kernel_tables()
        self.assertIn("scalar", tables)
        for isa in tables:
            with self.subTest(isa):
                told = minnow("run", FOLDER / "stories260K.gguf", "", "--raw", "-n", "200", "--temp", "0",
                              env={"MINNOW_ISA": isa})
                self.assertEqual(told.stdout, STORY)

    def test_tells_it_after_conversion_from_llama2c(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "stories.gguf"
            converted = minnow("convert", FOLDER / "stories260K.bin", path)
            self.assertEqual(converted.returncode, 0, converted.stderr)
            told = minnow("run", path, "", "--raw", "-n", "200", "--temp", "0")
            self.assertEqual(told.stdout, STORY)

    def test_chooses_the_expected_ids(self):
        result = answer(FOLDER / "stories260K.gguf", "", "--raw", "-n", "200", "--temp", "0")
        chosen = [token["id"] for token in result["tokens"]]
        self.assertEqual(chosen, IDS)

    def test_perplexity_is_that_of_the_reference(self):
        text = pathlib.Path(SHARED) / "text" / "tinystories-sample.txt"
        done = minnow("eval", "perplexity", FOLDER / "stories260K.gguf", "-f", text, "--separator", "<|endoftext|>",
                      "-c", "250", "--chunks", "5", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        result = json.loads(done.stdout)
        self.assertAlmostEqual(result["perplexity"], 3.907, delta=0.001)
        self.assertEqual(result["tokens"], 1245)


if __name__ == "__main__":
    unittest.main(verbosity=2)
