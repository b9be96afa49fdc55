"""Order actions in the conversation: from what a message says to a proposal, and from a clear yes to what is done.

    words       what a message asks for, and whether it is a yes: patterns alone
    addresses   an address as it is written in a message
    drafts      what is known of an action so far, kept with what is asked next
    authority   for whom this conversation may act
    proving     how a guest shows who they are
    finding     which order, and which of its items
    options     another size or colour of the same product
    reading     a draft filled in with what the message says, and what it lacks
    wanting     whether a message wants something done, and whether another thing than before
    asking      the question for what is missing
    telling     what is listed, what was done, and why something is not
    advancing   the next step of a draft: ask, list, or say why not
    confirming  the answer to what was listed: a yes, a no, another wish
    steps       the two ways in: a tool that a model has called, and the answer to what was asked

The rules and the writing are in `assistant.support.ordering`. Nothing here believes a model: it chooses the tool, and its
words are only a hint at an order or product that was named in another language.
"""
