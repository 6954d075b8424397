"""What is known about each service: data, so that a new one is a new row."""

from dataclasses import dataclass
from typing import Literal

JsonMode = Literal["schema", "object", "prompt"]
"""How a service is held to a JSON Schema: it takes one; it promises JSON only; it must be asked in words."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one provider: how many calls at once, how many tokens a minute (None: no limit), and how long to wait.

    Seconds: to the connection, to the first token, between chunks, for the whole call with its retries.
    """

    slots: int = 16
    tokens_per_minute: int | None = None
    connect_s: float = 5.0
    first_token_s: float = 30.0
    idle_s: float = 20.0
    whole_s: float = 180.0


@dataclass(frozen=True, slots=True)
class Preset:
    """A kind of service. `adapter` names who speaks to it; `key_env` is the vendor's own environment variable.

    `price_id` is the service's name in genai-prices ("" when nobody is paid, or nobody knows). `reasoning` are
    beginnings of model names that think first: they take no temperature, and their thoughts count as output.
    """

    name: str
    title: str
    base_url: str = ""
    needs_key: bool = True
    models: tuple[str, ...] = ()
    key_env: str = ""
    hint: str = ""
    adapter: str = "openai-compatible"
    limits: Limits = Limits()
    price_id: str = ""
    is_local: bool = False
    json_mode: JsonMode = "schema"
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    asks_usage: bool = True
    reasoning: tuple[str, ...] = ()

    def thinks(self, model: str) -> bool:
        return model.rpartition("/")[2].startswith(self.reasoning) if self.reasoning else False


# A model on one's own machine is loaded before its first word, works on few requests at once, and takes its time.
_LOCAL = Limits(slots=4, first_token_s=300.0, idle_s=60.0, whole_s=1800.0)
# Those in this process take turns by themselves: waiting for one is no silence.
_IN_PROCESS = Limits(slots=8, first_token_s=3600.0, idle_s=300.0, whole_s=3600.0)

PRESETS: tuple[Preset, ...] = (
    Preset(
        name="openai",
        title="OpenAI",
        base_url="https://api.openai.com/v1",
        models=("gpt-5-mini", "gpt-5", "gpt-4.1-mini"),
        key_env="OPENAI_API_KEY",
        hint="Keys: platform.openai.com, API keys.",
        price_id="openai",
        max_tokens_field="max_completion_tokens",
        reasoning=("gpt-5", "o1", "o3", "o4"),
    ),
    Preset(
        name="gemini",
        title="Google Gemini",
        models=("gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-2.5-pro"),
        key_env="GEMINI_API_KEY",
        hint="Keys: aistudio.google.com.",
        adapter="gemini",
        price_id="google",
        reasoning=("gemini-2.5-pro", "gemini-3"),
    ),
    Preset(
        name="gemini-legacy",
        title="Google Gemini (google-generativeai, ended by its maker)",
        models=("gemini-2.5-flash",),
        key_env="GOOGLE_API_KEY",
        hint="Only for set-ups that need the old library; otherwise choose Google Gemini.",
        adapter="gemini-legacy",
        price_id="google",
    ),
    Preset(
        name="huggingface",
        title="Local model (transformers)",
        needs_key=False,
        models=("Qwen/Qwen2.5-0.5B-Instruct",),
        hint="Download a model on the page Models, or enter a folder with a safetensors model. No key, no network.",
        adapter="huggingface",
        limits=_IN_PROCESS,
        is_local=True,
        json_mode="prompt",
    ),
    Preset(
        name="ollama",
        title="Ollama",
        base_url="http://127.0.0.1:11434/v1",
        needs_key=False,
        models=("llama3.2", "qwen3:4b", "mistral"),
        hint="Start Ollama, then `ollama pull llama3.2`. No key.",
        limits=_LOCAL,
        is_local=True,
    ),
    Preset(
        name="vllm",
        title="vLLM",
        base_url="http://127.0.0.1:8000/v1",
        needs_key=False,
        hint="`vllm serve MODEL`; a key only if it was started with --api-key.",
        limits=Limits(first_token_s=120.0, idle_s=60.0, whole_s=900.0),
        is_local=True,
    ),
    Preset(
        name="lm-studio",
        title="LM Studio",
        base_url="http://127.0.0.1:1234/v1",
        needs_key=False,
        hint="Load a model and start the local server in LM Studio. No key.",
        limits=_LOCAL,
        is_local=True,
    ),
    Preset(
        name="llama-cpp",
        title="llama.cpp server",
        base_url="http://127.0.0.1:8080/v1",
        needs_key=False,
        hint="`llama-server -m MODEL.gguf`. No key.",
        limits=_LOCAL,
        is_local=True,
    ),
    Preset(
        name="openrouter",
        title="OpenRouter",
        base_url="https://openrouter.ai/api/v1",
        models=("openai/gpt-5-mini", "anthropic/claude-sonnet-4.5"),
        key_env="OPENROUTER_API_KEY",
        hint="Keys: openrouter.ai, Keys.",
        price_id="openrouter",
        reasoning=("gpt-5", "o3", "o4"),
    ),
    Preset(
        name="mistral",
        title="Mistral",
        base_url="https://api.mistral.ai/v1",
        models=("mistral-small-latest", "mistral-large-latest"),
        key_env="MISTRAL_API_KEY",
        hint="Keys: console.mistral.ai.",
        price_id="mistral",
        asks_usage=False,
    ),
    Preset(
        name="groq",
        title="Groq",
        base_url="https://api.groq.com/openai/v1",
        models=("llama-3.3-70b-versatile", "openai/gpt-oss-120b"),
        key_env="GROQ_API_KEY",
        hint="Keys: console.groq.com.",
        price_id="groq",
        json_mode="object",
    ),
    Preset(
        name="deepseek",
        title="DeepSeek",
        base_url="https://api.deepseek.com/v1",
        models=("deepseek-chat", "deepseek-reasoner"),
        key_env="DEEPSEEK_API_KEY",
        hint="Keys: platform.deepseek.com.",
        price_id="deepseek",
        json_mode="object",
        reasoning=("deepseek-reasoner",),
    ),
    Preset(
        name="xai",
        title="xAI",
        base_url="https://api.x.ai/v1",
        models=("grok-4", "grok-3-mini"),
        key_env="XAI_API_KEY",
        hint="Keys: console.x.ai.",
        price_id="x-ai",
        reasoning=("grok-4", "grok-3-mini"),
    ),
    Preset(
        name="together",
        title="Together",
        base_url="https://api.together.xyz/v1",
        models=("meta-llama/Llama-3.3-70B-Instruct-Turbo",),
        key_env="TOGETHER_API_KEY",
        hint="Keys: api.together.ai.",
        price_id="together",
    ),
    Preset(
        name="anthropic",
        title="Anthropic (OpenAI-compatible endpoint)",
        base_url="https://api.anthropic.com/v1",
        models=("claude-sonnet-4-5", "claude-haiku-4-5"),
        key_env="ANTHROPIC_API_KEY",
        hint="Keys: console.anthropic.com.",
        price_id="anthropic",
        json_mode="prompt",
    ),
    Preset(
        name="gemini-openai",
        title="Google Gemini (OpenAI-compatible endpoint)",
        base_url="https://generativelanguage.googleapis.com/v1beta/openai",
        models=("gemini-2.5-flash",),
        key_env="GEMINI_API_KEY",
        hint="Keys: aistudio.google.com.",
        price_id="google",
    ),
    Preset(
        name="openai-compatible",
        title="Any OpenAI-compatible service",
        needs_key=False,
        hint="Its base URL usually ends in /v1. Leave the key empty if it asks for none.",
    ),
)

BY_NAME = {preset.name: preset for preset in PRESETS}
