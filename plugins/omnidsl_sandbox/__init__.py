"""The embedded gateway simulator: a real HTTP server on loopback that speaks a gateway's wire protocols.

It draws pictures, answers chats, keeps honest books, and says in every result that it is a simulator.
"""

from omnidsl_sandbox.books import Books, account_label
from omnidsl_sandbox.errors import SandboxError
from omnidsl_sandbox.options import Options
from omnidsl_sandbox.server import Sandbox, serve

__all__ = ["Books", "Options", "Sandbox", "SandboxError", "account_label", "serve"]
