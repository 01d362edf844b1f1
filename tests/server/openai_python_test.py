"""The official openai package for Python, unchanged, against the real server."""
import os
import subprocess
import sys
import tempfile
import unittest

import clients
from running_server import Server

SCHEMA = {"type": "object", "additionalProperties": False, "required": ["room", "on"],
          "properties": {"room": {"enum": ["kitchen", "hall"]}, "on": {"type": "boolean"}}}
TOOL = {"type": "function", "function": {"name": "set_light", "description": "Switch a light", "parameters": SCHEMA}}
ASK = [{"role": "user", "content": "switch off the light over the sofa"}]


class Client(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        import openai
        cls.openai = openai
        cls.server = Server("--parallel", 4, "--queue", 8)
        cls.server.__enter__()
        cls.client = openai.OpenAI(base_url=f"http://127.0.0.1:{cls.server.port}/v1", api_key="none", max_retries=0)
        cls.chat = cls.client.chat.completions.create

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def ask(self, **more):
        return self.client.chat.completions.create(model="minnow-home", messages=ASK, temperature=0, **more)

    def test_chat_whole_and_streamed(self):
        whole = self.ask()
        self.assertIn("HassTurnOff", whole.choices[0].message.content)
        self.assertEqual(whole.choices[0].finish_reason, "stop")
        text, usage = "", None
        for chunk in self.ask(stream=True, stream_options={"include_usage": True}):
            if chunk.choices:
                text += chunk.choices[0].delta.content or ""
            usage = chunk.usage or usage
        self.assertEqual(text, whole.choices[0].message.content)
        self.assertEqual(usage.completion_tokens, whole.usage.completion_tokens)

    def test_choices_seeds_stops_and_logprobs(self):
        reply = self.client.chat.completions.create(model="minnow-home", messages=ASK, n=3, seed=4, temperature=1.5,
                                                    max_completion_tokens=12, logprobs=True, top_logprobs=2)
        self.assertEqual(len(reply.choices), 3)
        tokens = reply.choices[0].logprobs.content
        self.assertEqual("".join(token.token for token in tokens), reply.choices[0].message.content)
        self.assertEqual(len(tokens[0].top_logprobs), 2)
        stopped = self.ask(stop=["intent"]).choices[0]
        self.assertEqual((stopped.message.content, stopped.finish_reason), ('{"', "stop"))

    def test_parses_into_a_model_of_pydantic(self):
        import pydantic

        class Command(pydantic.BaseModel):
            room: str = pydantic.Field(pattern="^(kitchen|hall)$")
            level: int = pydantic.Field(ge=0, le=9)

        reply = self.client.chat.completions.parse(model="minnow-home", messages=ASK, response_format=Command)
        self.assertIn(reply.choices[0].message.parsed.room, ("kitchen", "hall"))

    def test_tools_required_streamed_and_answered(self):
        import json
        message = self.ask(tools=[TOOL], tool_choice="required", parallel_tool_calls=False).choices[0].message
        call = message.tool_calls[0]
        self.assertEqual(call.function.name, "set_light")
        self.assertIn(json.loads(call.function.arguments)["room"], ("kitchen", "hall"))
        streamed = ""
        for chunk in self.ask(tools=[TOOL], tool_choice="required", parallel_tool_calls=False, stream=True):
            for delta in chunk.choices[0].delta.tool_calls or []:
                streamed += delta.function.arguments or ""
        self.assertEqual(streamed, call.function.arguments)
        turn = [*ASK, message.model_dump(exclude_none=True), {"role": "tool", "tool_call_id": call.id, "content": "done"}]
        after = self.client.chat.completions.create(model="minnow-home", messages=turn, tools=[TOOL], tool_choice="none",
                                                    max_tokens=8)
        self.assertIsNone(after.choices[0].message.tool_calls)

    def test_completions_embeddings_models_and_responses(self):
        reply = self.client.completions.create(model="minnow-home", prompt=["a", "b"], max_tokens=3, logprobs=1)
        self.assertEqual([choice.index for choice in reply.choices], [0, 1])
        vectors = self.client.embeddings.create(model="minnow-home", input=["a lamp", "a lamp"]).data  # as base64
        self.assertEqual(vectors[0].embedding, vectors[1].embedding)
        self.assertAlmostEqual(sum(value * value for value in vectors[0].embedding), 1, places=4)
        self.assertEqual(self.client.models.list().data[0].id, "minnow-home")
        self.assertEqual(self.client.models.retrieve("minnow-home").owned_by, "minnow")
        response = self.client.responses.create(model="minnow-home", input=ASK[0]["content"], temperature=0)
        self.assertIn("HassTurnOff", response.output_text)
        with self.client.responses.stream(model="minnow-home", input=ASK[0]["content"], temperature=0) as stream:
            final = stream.get_final_response()
        self.assertEqual(final.output_text, response.output_text)

    def test_a_logit_bias_forces_and_bans_tokens(self):
        first = self.ask(max_tokens=1).choices[0].message.content
        tokens = self.client.with_options(base_url=f"http://127.0.0.1:{self.server.port}").post(
            "/tokenize", body={"content": first}, cast_to=object)["tokens"]
        banned = self.ask(max_tokens=1, logit_bias={str(token): -100 for token in tokens})
        self.assertNotEqual(banned.choices[0].message.content, first)
        forced = self.ask(max_tokens=3, logit_bias={str(tokens[0]): 100})
        self.assertEqual(forced.choices[0].message.content, first * 3)

    def test_errors_have_their_classes(self):
        openai = self.openai
        with self.assertRaises(openai.NotFoundError):
            self.client.chat.completions.create(model="gpt-4o", messages=ASK)
        with self.assertRaises(openai.BadRequestError) as refused:
            self.ask(logit_bias={"5": 1000})
        self.assertEqual(refused.exception.param, "logit_bias.5")
        with self.assertRaises(openai.BadRequestError) as refused:
            self.ask(response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": {"not": {}}}})
        self.assertIn("not", str(refused.exception))
        with self.assertRaises(openai.RateLimitError):
            self.client.completions.create(model="minnow-home", prompt="a", n=9, max_tokens=1)
        with self.assertRaises(openai.APITimeoutError):
            self.client.with_options(timeout=0.001).completions.create(model="minnow-home", prompt="a")

    def test_keys(self):
        with tempfile.NamedTemporaryFile("w") as keys:
            keys.write("kiosk secret-one\n")
            keys.flush()
            with Server("--api-key-file", keys.name) as server:
                url = f"http://127.0.0.1:{server.port}/v1"
                with self.assertRaises(self.openai.AuthenticationError):
                    self.openai.OpenAI(base_url=url, api_key="wrong", max_retries=0).models.list()
                self.assertTrue(self.openai.OpenAI(base_url=url, api_key="secret-one").models.list().data)


if __name__ == "__main__":
    if os.environ.get("MINNOW_INSIDE") != "1":
        python = clients.python_with("openai==2.8.1")
        sys.exit(subprocess.run([python, __file__], env={**os.environ, "MINNOW_INSIDE": "1"}, check=False).returncode)
    unittest.main()
