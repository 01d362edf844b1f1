"""`minnow bench`: the fields of the contract, the picture, and what is refused."""
import json
import pathlib
import tempfile
import unittest
import xml.etree.ElementTree

from program import HOME_MODEL, kernel_tables, minnow

SHORT = ("-p", "16", "-n", "4", "-r", "2", "--batches", "1,2", "-t", "2")
RATES = ("prefill_tokens_per_s", "decode_tokens_per_s", "read_bandwidth_bytes_per_s", "matmul_ops_per_s")


def bench(*words):
    done = minnow("bench", HOME_MODEL, *SHORT, "--json", *words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Bench(unittest.TestCase):
    def test_json_has_the_fields_of_the_contract(self):
        report = bench()
        for name in RATES:
            rate = report[name]
            self.assertEqual(set(rate), {"median", "min", "max"})
            self.assertTrue(0 < rate["min"] <= rate["median"] <= rate["max"], rate)
        self.assertEqual((report["threads"], report["arithmetic"]), (2, "exact"))
        self.assertEqual([batch["sequences"] for batch in report["batched_decode"]], [1, 2])
        self.assertGreater(report["decode_fraction_of_bandwidth"], 0)
        self.assertTrue(0 < report["prefill_fraction_of_matmul"] < 1, report)
        size = HOME_MODEL.stat().st_size
        self.assertTrue(0.5 * size < report["bytes_per_token"] < 1.5 * size, report)
        self.assertGreater(report["first_token_ms"], report["load_ms"])
        self.assertLess(report["memory"]["weights_bytes"], report["memory"]["peak_rss_bytes"])

    def test_instruction_sets_can_be_chosen(self):
        for isa in kernel_tables():
            self.assertEqual(bench("--isa", isa)["isa"], isa)

    def test_table_names_the_limits(self):
        table = minnow("bench", HOME_MODEL, *SHORT).stdout.decode()
        for words in ("% of the matrix rate", "% of the read bandwidth", "read bandwidth", "integer matrix rate",
                      "decode, 2 together", "first token after"):
            self.assertIn(words, table)

    def test_picture_is_well_formed(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "roofline.svg"
            bench("--svg", path)
            root = xml.etree.ElementTree.parse(path).getroot()
        self.assertTrue(root.tag.endswith("svg"))
        circles = [element for element in root.iter() if element.tag.endswith("circle")]
        self.assertEqual(len(circles), 3)  # decode, two sequences, prefill
        for circle in circles:
            self.assertTrue(96 <= float(circle.get("cx")) <= 936 and 72 <= float(circle.get("cy")) <= 536)

    def refused(self, *words, code):
        done = minnow("bench", *words)
        self.assertEqual((done.returncode, done.stderr.count(b"\n")), (code, 1), done.stderr)
        return done.stderr

    def test_refusals(self):
        self.refused(HOME_MODEL, "-p", "0", code=2)
        self.refused(HOME_MODEL, "-n", "-3", code=2)
        self.refused(HOME_MODEL, "-r", "0", code=2)
        self.refused(HOME_MODEL, "--batches", "many", code=2)
        self.refused(HOME_MODEL, "--arithmetic", "loose", code=2)
        self.assertIn(b"'q9' is none of f16, q8_0 and f32", self.refused(HOME_MODEL, "--cache-type", "q9", code=2))
        self.assertIn(b"abacus", self.refused(HOME_MODEL, "--isa", "abacus", code=1))
        self.assertIn(b"nowhere.gguf", self.refused("nowhere.gguf", code=1))
        self.refused(HOME_MODEL, *SHORT, "--svg", "/no/such/folder/a.svg", code=1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
