"""Answers under a JSON Schema: at any temperature they parse, and the jsonschema package (where installed) agrees."""
import json
import pathlib
import tempfile
import unittest

from program import HOME_MODEL, answer, minnow

try:
    from jsonschema import Draft202012Validator
    from jsonschema import FormatChecker
except ImportError:
    Draft202012Validator = None

SCHEMAS = [
    {"type": "object", "additionalProperties": False, "required": ["name", "age", "tags"],
     "properties": {"name": {"type": "string", "maxLength": 20}, "age": {"type": "integer", "minimum": 18, "maximum": 99},
                    "nick": {"type": "string", "pattern": "^[a-z]{2,8}$"},
                    "tags": {"type": "array", "items": {"enum": ["red", "green", 3, None]}, "minItems": 1, "maxItems": 4}}},
    {"type": "array", "prefixItems": [{"type": "number", "exclusiveMinimum": -0.5, "maximum": 2.25}, {"type": "boolean"}],
     "items": {"type": "integer", "multipleOf": 7, "maximum": 1000, "minimum": -70}, "minItems": 3, "maxItems": 5},
    {"$ref": "#/$defs/tree", "$defs": {"tree": {"type": "object", "additionalProperties": False,
     "properties": {"leaf": {"type": ["integer", "null"], "minimum": 0, "maximum": 9},
                    "kids": {"type": "array", "items": {"$ref": "#/$defs/tree"}, "maxItems": 2}}}}},
    {"type": "object", "properties": {"when": {"type": "string", "format": "date"}, "ip": {"type": "string", "format": "ipv4"},
                                      "id": {"type": "string", "format": "uuid"}},
     "required": ["when", "ip", "id"], "additionalProperties": False},
    {"oneOf": [{"type": "object", "properties": {"kind": {"const": "circle"}, "r": {"type": "integer", "maximum": 9}},
                "required": ["kind", "r"], "additionalProperties": False},
               {"type": "object", "properties": {"kind": {"const": "line"}, "to": {"enum": ["here", "there"]}},
                "required": ["kind", "to"], "additionalProperties": False}]},
    {"type": "object", "patternProperties": {"^x[0-9]$": {"type": "boolean"}}, "additionalProperties": False,
     "minProperties": 1, "maxProperties": 3},
]
WILD = ("--raw", "--temp", "8", "--top-k", "0", "--top-p", "1", "--min-p", "0", "-n", "600", "-c", "1024")


class Schemas(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "schema.json"

    def test_wild_answers_parse_and_validate(self):
        finished = 0
        for schema in SCHEMAS:
            self.file.write_text(json.dumps(schema))
            for seed in range(4):
                result = answer(HOME_MODEL, "turn on the fan", "--schema", self.file, "--seed", seed, *WILD)
                if result["finish_reason"] != "stop":
                    continue
                finished += 1
                value = json.loads(result["text"])
                if Draft202012Validator is not None:
                    Draft202012Validator(schema, format_checker=FormatChecker()).validate(value)
        self.assertGreater(finished, 3 * len(SCHEMAS))

    def test_grammar_regex_and_object(self):
        self.file.write_text('root ::= "on" | "off"')
        self.assertIn(answer(HOME_MODEL, "fan", "--grammar", self.file, *WILD)["text"], ("on", "off"))
        self.assertRegex(answer(HOME_MODEL, "fan", "--regex", "[a-c]{3}-\\d{2}", *WILD)["text"], r"\A[a-c]{3}-\d{2}\Z")
        self.assertTrue(answer(HOME_MODEL, "fan", "--json-object", *WILD)["text"].startswith("{"))

    def test_refuses_what_it_cannot_keep(self):
        self.file.write_text('{"properties": {"a": {"not": {}}}}')
        result = minnow("run", HOME_MODEL, "fan", "--schema", self.file)
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"#/properties/a/not", result.stderr)
        result = minnow("run", HOME_MODEL, "fan", "--schema", self.file, "--json-object")
        self.assertEqual(result.returncode, 2)


if __name__ == "__main__":
    unittest.main()
