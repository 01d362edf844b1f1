"""From a Hugging Face folder to a file that was judged: convert, quantize and eval gate on every golden model of
tests/reference/families, with a tokenizer of one token a letter (convert_quantize_gate.py there does it with real ones)."""
import json
import pathlib
import shutil
import tempfile
import unittest

from program import SOURCE, minnow

FAMILIES = SOURCE / "tests" / "reference" / "families"
LETTERS = [chr(code) for code in range(ord("!"), ord("~") + 1)]  # 94, which byte-level tokenizers write as they are
TEXT = "The quick brown fox jumps over the lazy dog. " * 5
CONTEXT = 40


def tokenizer():
    vocabulary = {letter: i for i, letter in enumerate(LETTERS + ["\u0120"])}  # the space
    return {"added_tokens": [], "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True},
            "decoder": {"type": "ByteLevel"}, "model": {"type": "BPE", "vocab": vocabulary, "merges": []}}


class Families(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.text = self.folder / "text.txt"
        self.text.write_text(TEXT)

    def run_minnow(self, *words):
        done = minnow(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def source(self, name):
        folder = self.folder / name
        shutil.copytree(FAMILIES / name, folder)
        (folder / "tokenizer.json").write_text(json.dumps(tokenizer()))
        return folder

    def gate(self, reference, candidate, limit):
        done = minnow("eval", "gate", "--reference", reference, "--candidate", candidate, "-f", self.text, "-c", CONTEXT,
                      "--max-divergence", limit, "--json")
        self.assertEqual(done.returncode, 0 if json.loads(done.stdout)["passed"] else 1, done.stderr)
        return json.loads(done.stdout)

    def check(self, name):
        whole, small = self.folder / f"{name}-f32.gguf", self.folder / f"{name}-small.gguf"
        self.run_minnow("convert", self.source(name), whole, "--outtype", "F32")
        # Rows of 32 values: too short for K-quants' blocks, which is said aloud.
        said = self.run_minnow("quantize", whole, small, "Q4_K_M").stderr
        self.assertRegex(said, rb"rows .*256.*Q5_0")
        self.assertTrue(self.gate(whole, whole, 1e-6)["passed"])
        self.assertFalse(self.gate(whole, small, 1e-6)["passed"])
        losses = []
        for kind in ("Q8_0", "Q5_0"):
            self.run_minnow("quantize", whole, small, kind)
            verdict = self.gate(whole, small, 0.2)
            self.assertTrue(verdict["passed"], verdict)
            losses.append(verdict["divergence"]["mean"])
        self.assertLess(losses[0], 0.3 * losses[1])

    def test_every_family_goes_from_its_folder_through_the_gate(self):
        names = [family["name"] for family in json.loads((FAMILIES / "manifest.json").read_text())["families"]]
        self.assertGreater(len(names), 20)
        for name in names:
            with self.subTest(name):
                self.check(name)


if __name__ == "__main__":
    unittest.main()
