"""How many tokens, where the provider never says: about four characters each. Always marked as estimated."""

from writer.domain.completions import CompletionRequest, Tokens

CHARACTERS_PER_TOKEN = 4

UNTOLD = Tokens(estimated=True)
"""What an adapter reports when the service never gave its usage."""


def tokens_of(characters: int) -> int:
    return -(-characters // CHARACTERS_PER_TOKEN)


def input_tokens(request: CompletionRequest) -> int:
    said = sum(len(message.content) for message in request.messages)
    return tokens_of(said + len(request.reply_schema) + sum(len(tool.parameters) for tool in request.tools))


def estimate(request: CompletionRequest, output_characters: int) -> Tokens:
    return Tokens(input=input_tokens(request), output=tokens_of(output_characters), estimated=True)
