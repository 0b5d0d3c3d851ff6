"""The official client for Python against the server whose address is in the environment."""

import json
import os
import sys
import traceback

import openai
from pydantic import BaseModel

base, key, model = os.environ["ASSAY_BASE"], os.environ["ASSAY_KEY"], os.environ["ASSAY_MODEL"]
client = openai.OpenAI(base_url=f"{base}/v1", api_key=key, max_retries=0)
capital = [{"role": "user", "content": "What is the capital of France?"}]
ask = {"model": model, "temperature": 0, "max_tokens": 40, "messages": capital}


class City(BaseModel):
    name: str
    people: int


def chat():
    whole = client.chat.completions.create(**ask)
    assert whole.choices[0].message.content
    parts = client.chat.completions.create(**ask, stream=True)
    text = "".join(part.choices[0].delta.content or "" for part in parts if part.choices)
    assert text == whole.choices[0].message.content


def tools():
    parameters = {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "required": ["a", "b"],
    }
    answer = client.chat.completions.create(
        model=model,
        temperature=0,
        max_tokens=120,
        messages=[{"role": "user", "content": "What is 2 plus 3?"}],
        tools=[{"type": "function", "function": {"name": "add", "parameters": parameters}}],
        tool_choice={"type": "function", "function": {"name": "add"}},
    )
    call = answer.choices[0].message.tool_calls[0]
    assert json.loads(call.function.arguments) == {"a": 2, "b": 3}


def parsed():
    answer = client.chat.completions.parse(
        model=model,
        temperature=0,
        max_tokens=120,
        messages=[{"role": "user", "content": "Describe Paris."}],
        response_format=City,
    )
    assert isinstance(answer.choices[0].message.parsed, City)


def others():
    # This client asks for base64 by default.
    embedded = client.embeddings.create(model=os.environ["ASSAY_EMBEDDING_MODEL"], input=["one", "two"])
    assert len(embedded.data) == 2 and isinstance(embedded.data[0].embedding[0], float)
    completed = client.completions.create(model=model, prompt="The capital of France is", max_tokens=8, temperature=0)
    assert "Paris" in completed.choices[0].text
    response = client.responses.create(model=model, input="What is the capital of France?", temperature=0, max_output_tokens=40)
    assert response.output_text
    events = client.responses.create(model=model, input="What is the capital of France?", temperature=0, max_output_tokens=40, stream=True)
    types = [event.type for event in events]
    # It may be cut at the limit.
    assert types[-1] in ("response.completed", "response.incomplete"), types


def errors():
    try:
        client.chat.completions.create(**{**ask, "model": "no-such-model"})
    except openai.NotFoundError as error:
        assert "no-such-model" in str(error)
    else:
        raise AssertionError("an unknown model was answered")
    try:
        openai.OpenAI(base_url=f"{base}/v1", api_key="sk-wrong", max_retries=0).models.list()
    except openai.AuthenticationError:
        pass
    else:
        raise AssertionError("a wrong key was taken")


failed = False
for check in (chat, tools, parsed, others, errors):
    try:
        check()
        print(f"ok   {check.__name__}")
    except Exception:
        failed = True
        print(f"FAIL {check.__name__}: {traceback.format_exc()}")
sys.exit(1 if failed else 0)
