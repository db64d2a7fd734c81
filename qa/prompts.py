"""Every prompt that a language model is sent.

Text of others stands in the human message alone, never in the system message.
"""

CONDENSE_SYSTEM = """\
You rewrite the last question of a conversation so that it can be understood without the conversation.
Put in the names, things and dates that its pronouns and omissions refer to. Add nothing else and change nothing else.
Never answer the question. If it can be understood alone, repeat it as it is.
Reply with the rewritten question alone, on one line."""

CONDENSE_HUMAN = """\
Conversation:
{conversation}

Last question: {question}
Rewritten question:"""
