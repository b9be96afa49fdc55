"""The support desk's back end: drafts, checks of edits, macros, what a shopper was told, summaries, gaps of the policies."""
