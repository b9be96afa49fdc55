"""Order actions in the conversation: from what a message says to a proposal, and from a clear yes to what is done.

    words      what a message asks for, and whether it is a yes: patterns alone
    addresses  an address as it is written in a message
    drafts     what is known of an action so far, kept with what is asked next
    authority  for whom this conversation may act; how a guest proves who they are
    finding    which order, and which of its items
    options    another size or colour of the same product
    telling    what is listed, what was done, and why something is not
    steps      the one way through all of these: ask for what is missing, list, do

The rules and the writing are in `assistant.support.ordering`. Nothing here believes a model: it chooses the tool, and its
words are only a hint at an order or product that was named in another language.
"""
