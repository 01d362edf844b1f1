"""The command line as a contract: answers, exit codes, and one clear line for everything that is wrong."""
import json
import os
import random
import tempfile
import pathlib
import resource
import unittest

from program import BINARY, HOME_MODEL, answer, minnow


class Answers(unittest.TestCase):
    def test_embedded_model_understands_a_piped_command(self):
        result = answer(stdin="switch off the light over the sofa\n")
        command = json.loads(result["text"])
        self.assertEqual(command["intent"], "HassTurnOff")
        self.assertEqual(result["finish_reason"], "stop")

    def test_embedded_model_is_the_file_in_the_repository(self):
        embedded = answer("turn on the fan")
        loaded = answer(HOME_MODEL, "turn on the fan", "--temp", "0")
        for key in ("text", "prompt_tokens", "tokens"):
            self.assertEqual(embedded[key], loaded[key])
        self.assertEqual(embedded["model"]["sha256"], loaded["model"]["sha256"])

    def test_json_has_the_fields_of_the_contract(self):
        result = answer("turn on the fan", "--logprobs", "3")
        self.assertEqual(set(result), {"model", "prompt_tokens", "text", "finish_reason", "tokens", "timings", "memory"})
        self.assertEqual(set(result["model"]), {"name", "sha256", "arithmetic", "isa"})
        self.assertEqual(set(result["timings"]),
                         {"load_ms", "prefill_tokens", "prefill_ms", "decode_tokens", "decode_ms"})
        self.assertEqual(set(result["memory"]), {"weights_bytes", "kv_bytes", "scratch_bytes", "peak_rss_bytes"})
        for token in result["tokens"]:
            self.assertEqual(set(token), {"id", "text", "logprob", "top"})
            self.assertEqual(len(token["top"]), 3)
            self.assertEqual(token["top"][0]["id"], token["id"])  # temperature 0 takes the likeliest
            self.assertGreaterEqual(token["top"][0]["logprob"], token["top"][1]["logprob"])

    def test_same_seed_gives_the_same_text_for_any_thread_count(self):
        words = (HOME_MODEL, "hello there", "--raw", "-n", "24", "--temp", "1.5", "--seed", "7")
        texts = {minnow("run", *words, "-t", threads).stdout for threads in (1, 2, 3)}
        self.assertEqual(len(texts), 1)
        self.assertNotEqual(minnow("run", *words[:-1], "8").stdout, texts.pop())

    def test_drafts_change_no_token(self):
        question = "switch off the light over the sofa and the light over the sofa"
        plain = answer(question)
        for options in (["--prompt-lookup"], ["--model-draft", HOME_MODEL, "--draft-max", "4"]):
            drafted = answer(question, *options)
            self.assertEqual(drafted["tokens"], plain["tokens"])
            self.assertGreaterEqual(drafted["timings"]["drafted_tokens"], drafted["timings"]["accepted_tokens"])
        self.assertGreater(drafted["timings"]["accepted_tokens"], 0)

    def test_stop_string_ends_the_answer_and_is_not_shown(self):
        text = answer("turn on the fan", "--stop", '"slots"')["text"]
        self.assertIn("HassTurnOn", text)
        self.assertNotIn("slots", text)
        self.assertEqual(answer("--stop", '"slots"', "turn on the fan")["text"], text, "the prompt is not a stop")

    def test_a_logit_bias_bans_and_forces_tokens(self):
        first = answer("turn on the fan", "-n", "1")
        token = first["tokens"][0]["id"]
        banned = answer("turn on the fan", "-n", "1", "-l", f"{token}-inf")
        self.assertNotEqual(banned["tokens"][0]["id"], token)
        forced = answer("-l", "1+0", "-l", f"{token}+100", "turn on the fan", "-n", "3")
        self.assertEqual([each["id"] for each in forced["tokens"]], [token] * 3)

    def test_n_limits_the_tokens(self):
        result = answer("turn on the fan", "-n", "3")
        self.assertEqual((len(result["tokens"]), result["finish_reason"]), (3, "length"))

    def test_tokenize_reads_arguments_and_stdin_alike(self):
        first = minnow("tokenize", HOME_MODEL, "turn on", "--json").stdout
        second = minnow("tokenize", HOME_MODEL, "--json", stdin="turn on").stdout
        self.assertEqual(first, second)
        self.assertTrue(all(isinstance(token, int) for token in json.loads(first)["tokens"]))

    def test_show_tells_what_the_file_is(self):
        shown = json.loads(minnow("show", HOME_MODEL, "--json").stdout)
        self.assertEqual(shown["metadata"]["general.architecture"], "llama")
        self.assertGreater(shown["memory"]["weights_bytes"], 1_000_000)
        self.assertIn(b"Q8_0", minnow("show", HOME_MODEL).stdout)

    def test_quantized_model_still_answers(self):
        with tempfile.TemporaryDirectory() as folder:
            small = pathlib.Path(folder) / "small.gguf"
            self.assertEqual(minnow("quantize", HOME_MODEL, small, "Q4_K_M").returncode, 0)
            self.assertLess(small.stat().st_size, HOME_MODEL.stat().st_size)
            self.assertIn("intent", answer(small, "turn on the fan", "--temp", "0")["text"])


class BadInput(unittest.TestCase):
    def refused(self, *words, code=1, **options):
        done = minnow(*words, **options)
        line = done.stderr.decode(errors="replace")
        self.assertEqual(done.returncode, code, line)
        self.assertTrue(line.startswith("minnow: "), line)
        self.assertEqual(line.count("\n"), 1, line)
        return line

    def test_words_that_are_wrong_exit_with_2(self):
        self.refused(code=2)
        self.refused("swim", code=2)
        self.refused("run", "--no-such-flag", code=2)
        self.refused("run", "--temp", "hot", "turn on the fan", code=2)
        self.refused("run", "--logprobs", "3", "turn on the fan", code=2)
        self.refused("tokenize", code=2)
        self.assertIn("'swim'", self.refused("swim", code=2))
        self.refused("quantize", HOME_MODEL, "out.gguf", "NOPE", code=2)
        self.refused("quantize", HOME_MODEL, "out.gguf", code=2)
        self.refused("quantize", HOME_MODEL, "out.gguf", "Q4_K_M", "--tensor-type", "ffn_down", code=2)
        for budget in ("much", "5XB", "-5MB", "0", "nanMB", "raspberry-pi-6"):
            self.refused("quantize", HOME_MODEL, "out.gguf", "--fit=" + budget, "-f", HOME_MODEL, code=2)
        self.refused("quantize", HOME_MODEL, "out.gguf", "--fit", "5MB", code=2)
        for option, value in (("-c", "-5"), ("-c", "9" * 23), ("--temp", "nan"), ("--top-p", "nan"), ("--seed", "-2"),
                              ("--top-k", "-1")):
            self.assertIn(value, self.refused("run", option, value, "turn on the fan", code=2))

    def test_help_that_cannot_be_written(self):
        for words in (["--help"], ["--version"]):
            with open("/dev/full", "wb") as full:
                self.assertEqual(minnow(*words, stdout=full).returncode, 1)

    def test_help_exits_with_0(self):
        for words in (["--help"], ["run", "--help"], ["--version"]):
            self.assertEqual(minnow(*words).returncode, 0)

    def test_missing_file(self):
        self.assertIn("nowhere.gguf", self.refused("run", "nowhere.gguf", "hi"))
        self.refused("show", "nowhere.gguf")

    def test_folder_and_device_are_not_models(self):
        self.refused("run", "/tmp", "hi")
        self.refused("show", "/dev/null")

    def test_broken_files(self):
        whole = HOME_MODEL.read_bytes()
        rng = random.Random(1)
        cases = {"empty": b"", "magic": b"GGML" + whole[4:], "head": whole[:20], "cut": whole[:len(whole) // 2],
                 "noise": bytes(rng.randrange(256) for _ in range(5000)),
                 "version": whole[:4] + (99).to_bytes(4, "little") + whole[8:]}
        with tempfile.TemporaryDirectory() as folder:
            for name, content in cases.items():
                with self.subTest(name):
                    path = pathlib.Path(folder) / (name + ".gguf")
                    path.write_bytes(content)
                    for command in (["run", path, "hi"], ["show", path], ["tokenize", path, "hi"]):
                        self.refused(*command)

    def test_unknown_architecture(self):
        content = HOME_MODEL.read_bytes().replace(b"\x05\0\0\0\0\0\0\0llama", b"\x05\0\0\0\0\0\0\0zebra", 1)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "zebra.gguf"
            path.write_bytes(content)
            self.assertIn("zebra", self.refused("run", path, "hi"))

    def test_empty_prompt(self):
        self.refused("run", "--json", stdin="")
        self.refused("run", HOME_MODEL, "")

    def test_prompt_longer_than_the_context(self):
        self.assertIn("64", self.refused("run", "-c", "64", stdin="turn on the light " * 100))

    def test_context_that_does_not_fit_the_memory(self):
        self.assertIn("fit", self.refused("run", "-c", "100000000", "turn on the fan"))

    def test_invalid_utf8(self):
        for option in ([], ["--json"], ["--raw"]):
            self.assertIn("not valid UTF-8", self.refused("run", *option, stdin=b"turn \xff\xfe on \xc3 the fan"))

    def test_output_that_is_not_a_file(self):
        with tempfile.TemporaryDirectory() as folder:
            pipe = pathlib.Path(folder) / "pipe"
            os.mkfifo(pipe)
            self.assertIn("is not a file", self.refused("quantize", HOME_MODEL, str(pipe), "Q4_0"))
            self.assertIn("is not a file", self.refused("quantize", HOME_MODEL, folder, "Q4_0"))
            self.assertTrue(pipe.is_fifo())
            self.assertEqual(os.listdir(folder), ["pipe"])

    def test_output_that_would_replace_what_is_read(self):
        text = pathlib.Path(__file__)
        with tempfile.TemporaryDirectory() as folder:
            model = pathlib.Path(folder) / "model-00001-of-00002.gguf"
            other = pathlib.Path(folder) / "model-00002-of-00002.gguf"
            for name in (model, other):
                name.write_bytes(b"weights")
            for words in (
                ("quantize", model, model, "Q8_0"),
                ("quantize", model, other, "Q8_0"),
                ("quantize", HOME_MODEL, model, "Q8_0", "--importance", model),
                ("quantize", HOME_MODEL, folder + "/new", "--fit", "9MB", "-f", model, "--svg", model),
                ("merge", model, HOME_MODEL, model),
                ("merge", HOME_MODEL, model, model),
                ("merge", HOME_MODEL, model, model, "--extract"),
                ("prune", model, model, "-f", text, "--layers", 1),
                ("eval", "importance", model, "-f", text, "-o", model),
                ("eval", "divergence", model, "-f", text, "--save-reference", model),
                ("eval", "task", model, "-f", text, "-o", model),
                ("eval", "gate", "--candidate", model, "--task", text, "--min", 0, "--report", model),
            ):
                self.assertIn("is what is read here", self.refused(*words), words)
            self.assertEqual([model.read_bytes(), other.read_bytes()], [b"weights"] * 2)

    def test_a_file_beyond_the_limit_of_this_process(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "new.gguf"
            line = self.refused("quantize", HOME_MODEL, out, "Q8_0",
                                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)))
            self.assertIn("cannot write", line)
            self.assertEqual(os.listdir(folder), [])

    def test_forced_instruction_set_that_is_unknown(self):
        self.refused("run", "turn on the fan", env={"MINNOW_ISA": "abacus"})

    def test_closed_stdout(self):
        with open("/dev/full", "wb") as full:
            done = minnow("run", "turn on the fan", stdout=full)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"standard output", done.stderr)

    def test_stdout_closed_before_the_start(self):
        status = os.system(f"'{BINARY}' run 'turn on the fan' >&- 2>/dev/null </dev/null")
        self.assertEqual(os.waitstatus_to_exitcode(status), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
