"""Measuring what quantizing cost, and the gate that lets a file pass or not."""
import json
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

from program import BINARY, HOME_MODEL, SOURCE, minnow

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

    def test_kept_predictions_take_no_other_text(self):
        for words in (("-f", TEXT), ("-c", 64), ("--chunks", 2), ("--separator", "=="), ("--score-after", "x")):
            for done in (minnow("eval", "divergence", self.small, "--reference", self.kept, *words),
                         self.gate("--max-divergence", 50, *words)):
                self.assertEqual(done.returncode, 2, words)
                self.assertRegex(done.stderr, rb"^minnow: [^\n]*holds the tokens it was made with[^\n]*\n$")

    def test_only_what_comes_after_a_mark_counts(self):
        documents = pathlib.Path(self.folder.name) / "documents.txt"
        documents.write_text("one two three: four\n=====\nfive six: seven eight\n=====\nno mark here\n")
        compare = ("--reference", HOME_MODEL, "-f", documents, "--separator", "=====")
        self.assertEqual(self.divergence(*compare, "--score-after", ":")["tokens"],
                         sum(len(json.loads(minnow("tokenize", HOME_MODEL, text, "--json").stdout)["tokens"])
                             for text in (" four", " seven eight")))
        unparted = minnow("eval", "divergence", self.small, "--reference", HOME_MODEL, "-f", documents, "--score-after", ":")
        self.assertRegex(unparted.stderr, rb"^minnow: [^\n]*separator[^\n]*\n$")

    def test_the_gate_opens_and_shuts(self):
        report = pathlib.Path(self.folder.name) / "report.html"
        self.assertEqual(self.gate("--max-divergence", 50).returncode, 0)
        shut = self.gate("--max-divergence", 0, "--min-same-top", 0, "--report", report)
        self.assertEqual(shut.returncode, 1)
        self.assertRegex(shut.stderr, rb"^minnow: refused: mean KL divergence is [0-9.e-]+, at most 0 is allowed\n$")
        self.assertIn("refused", report.read_text())
        judged = json.loads(self.gate("--max-divergence", 0, "--json").stdout)
        self.assertEqual((judged["passed"], judged["checks"][0]["holds"]), (False, False))

    def test_the_gate_asks_a_task(self):
        questions = SOURCE / "tests" / "reference" / "eval_task" / "intent.jsonl"
        report = pathlib.Path(self.folder.name) / "task.html"
        alone = minnow("eval", "gate", "--candidate", HOME_MODEL, "--task", questions, "--min", 0.7, "--json", "--report", report)
        self.assertEqual(alone.returncode, 0, alone.stderr)
        judged = json.loads(alone.stdout)
        self.assertEqual([check["figure"] for check in judged["checks"]], ["exact_match of intent.jsonl"])
        self.assertEqual(judged["task"]["scores"]["exact_match"]["value"], judged["checks"][0]["value"])
        self.assertIn("intent.jsonl: 4 questions", report.read_text())
        shut = minnow("eval", "gate", "--candidate", HOME_MODEL, "--task", questions, "--min", 1, "--score", "intent_acc")
        self.assertEqual(shut.returncode, 1)
        self.assertRegex(shut.stderr, rb"^minnow: refused: intent_acc of intent.jsonl is 0.75, at least 1 is allowed\n$")
        both = self.gate("--max-divergence", 0, "--task", questions, "--min", 1, "--json")
        self.assertEqual([check["holds"] for check in json.loads(both.stdout)["checks"]], [False, False])
        self.assertEqual(minnow("eval", "gate", "--candidate", HOME_MODEL, "--task", questions).returncode, 2)
        self.assertEqual(minnow("eval", "gate", "--candidate", HOME_MODEL, "--max-divergence", 1).returncode, 2)
        other = minnow("eval", "gate", "--candidate", HOME_MODEL, "--task", questions, "--min", 1, "--score", "acc")
        self.assertRegex(other.stderr, rb"^minnow: intent.jsonl has no score 'acc', but exact_match, intent_acc, slot_f1\n$")

    def test_the_gate_takes_no_words_that_would_do_nothing(self):
        questions = SOURCE / "tests" / "reference" / "eval_task" / "intent.jsonl"
        self.assertEqual(self.gate("--task", questions, "--min", 0).returncode, 2)
        for words in (("--score", "acc"), ("--shots", 3), ("--limit", 2)):
            self.assertEqual(self.gate("--max-divergence", 50, *words).returncode, 2, words)

    def test_refuses_what_cannot_be_compared(self):
        self.assertEqual(self.gate().returncode, 2)
        self.assertEqual(minnow("eval", "divergence", self.small).returncode, 2)
        broken = pathlib.Path(self.folder.name) / "broken.lp"
        broken.write_bytes(self.kept.read_bytes()[:500])
        done = minnow("eval", "divergence", self.small, "--reference", broken)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count(b"\n"), 1)

    def test_a_task_is_answered_kept_and_gone_on_with(self):
        folder = SOURCE / "tests" / "reference" / "eval_task"
        kept = pathlib.Path(self.folder.name) / "results.json"
        words = ["eval", "task", self.small, "-f", folder / "arc.jsonl", "--shots", 2]
        whole = json.loads(minnow(*words, "--json").stdout)
        self.assertEqual((whole["questions"], whole["answered"], len(whole["items"])), (9, 9, 9))
        right = sum(item["choice"] == item["answer"] for item in whole["items"])
        self.assertAlmostEqual(whole["scores"]["acc"]["value"], right / 9)
        self.assertEqual(whole["setup"]["model_sha256"], whole["model"]["sha256"])
        self.assertEqual(minnow(*words, "--limit", 4, "-o", kept, "--resume").returncode, 0)
        self.assertEqual(json.loads(kept.read_text())["answered"], 4)
        resumed = minnow(*words, "-o", kept, "--resume", "--json")
        self.assertEqual(json.loads(resumed.stdout), whole)
        self.assertEqual(json.loads(kept.read_text()), whole)
        other = minnow("eval", "task", HOME_MODEL, *words[3:], "-o", kept, "--resume")
        self.assertEqual(other.returncode, 1)
        self.assertRegex(other.stderr, rb"^minnow: .*can't be resumed: its model_sha256 is .*\n$")

    def test_a_task_interrupted_keeps_its_answers(self):
        folder = SOURCE / "tests" / "reference" / "eval_task"
        kept = pathlib.Path(self.folder.name) / "interrupted.json"
        long = pathlib.Path(self.folder.name) / "long.jsonl"
        long.write_text((folder / "arc.jsonl").read_text() * 5000)
        words = ["eval", "task", HOME_MODEL, "-f", long, "-t", 1, "-o", kept, "--resume"]
        with subprocess.Popen([BINARY, *map(str, words)], stderr=subprocess.PIPE, stdout=subprocess.PIPE) as running:
            while not kept.exists():
                self.assertIsNone(running.poll())
                time.sleep(0.1)
            running.send_signal(signal.SIGINT)
            _, said = running.communicate(timeout=60)
        self.assertEqual(running.returncode, 1)
        self.assertRegex(said, rb"^minnow: interrupted after [0-9]+ of 45000 questions; go on with --resume\n$")
        self.assertGreater(json.loads(kept.read_text())["answered"], 0)


if __name__ == "__main__":
    unittest.main()
