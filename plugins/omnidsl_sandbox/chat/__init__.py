"""Chats: what was said (`conversation`), what is answered (`replies`, `instances`), how it travels (`completions`)."""
