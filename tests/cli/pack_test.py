"""Packed weights: a second start maps what the first has written."""
import os
import pathlib
import subprocess
import tempfile
import unittest

from program import BINARY, HOME_MODEL, answer, minnow

WORDS = (HOME_MODEL, "turn on the fan", "--temp", "0")


class Packs(unittest.TestCase):
    def setUp(self):
        self.holder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.holder.name) / "packs"

    def tearDown(self):
        self.holder.cleanup()

    def pack(self):
        files = list(self.folder.iterdir())
        self.assertEqual(len(files), 1, files)
        self.assertTrue(files[0].name.startswith(HOME_MODEL.name) and files[0].name.endswith(".pack"))
        return files[0]

    def same(self, first, second):
        for key in ("model", "text", "tokens", "prompt_tokens"):
            self.assertEqual(first[key], second[key])
        self.assertEqual(first["memory"]["weights_bytes"], second["memory"]["weights_bytes"])

    def test_second_start_answers_the_same_from_the_file_of_the_first(self):
        plain = answer(*WORDS, "--pack-dir", "off")
        self.same(answer(*WORDS, "--pack-dir", self.folder), plain)
        made = self.pack().stat()
        self.same(answer(*WORDS, "--pack-dir", self.folder), plain)
        self.assertEqual((self.pack().stat().st_ino, self.pack().stat().st_size), (made.st_ino, made.st_size))

    def test_environment_names_the_folder_and_the_flag_outranks_it(self):
        env = {"MINNOW_PACK_DIR": str(self.folder)}
        answer(*WORDS, "--pack-dir", "off", env=env)
        self.assertFalse(self.folder.exists())
        answer(*WORDS, env=env)
        self.pack()

    def test_verify_mends_a_damaged_pack(self):
        plain = answer(*WORDS, "--pack-dir", self.folder)
        whole = self.pack().read_bytes()
        damaged = bytearray(whole)
        damaged[5000] ^= 16
        self.pack().write_bytes(damaged)
        self.same(answer(*WORDS, "--pack-dir", self.folder, "--verify-pack"), plain)
        self.assertEqual(self.pack().read_bytes()[4096:], whole[4096:])

    def test_small_models_leave_nothing_beside_them(self):
        model = pathlib.Path(self.holder.name) / "model.gguf"
        model.write_bytes(HOME_MODEL.read_bytes())
        answer(model, *WORDS[1:])
        self.assertEqual([file.name for file in model.parent.iterdir()], ["model.gguf"])

    def test_several_starts_at_once_all_answer(self):
        command = [BINARY, "run", *map(str, WORDS), "--pack-dir", str(self.folder)]
        runs = [subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ) for _ in range(4)]
        texts = {run.communicate(timeout=300)[0] for run in runs}
        self.assertEqual({run.returncode for run in runs}, {0})
        self.assertEqual(len(texts), 1)
        self.pack()


if __name__ == "__main__":
    unittest.main()
