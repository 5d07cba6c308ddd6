"""What a step says when it fails or waits, with all that messages may name."""

from omnidsl.planning.plan import PlanNode
from omnidsl.plugins.declarations import serving
from omnidsl.plugins.media import JSON
from omnidsl.running.errors import StepError
from omnidsl.running.events import Notice, told
from omnidsl.running.gateway import SANDBOX
from omnidsl.running.workshop import Workshop


def service(node: PlanNode) -> str:
    """Return the name of a step's service."""
    return node.operation.partition(".")[0]


def failure(shop: Workshop, node: PlanNode, reason: str, words: str, **values: JSON) -> StepError:
    """Return the error of a step with what all messages may name.

    An address that some kinds of gateway lack, by the operation's declaration, is missing because this is one of them; the
    sandbox has those of the services that come with us.
    """
    operation = shop.plugins.operation(node.operation)
    gateway = shop.access(service(node)).gateway.identity
    if reason == "no-such-address" and operation.not_served_by:
        reason = "not-served"
    elif reason == "no-such-address" and gateway == SANDBOX:
        reason = "not-simulated"
    return StepError(
        reason,
        words=words,
        service=service(node),
        operation=node.operation,
        kinds=", ".join(serving(operation)),
        gateway=gateway,
        node=node.id,
        run=shop.run,
        **values,
    )


def waits(shop: Workshop, node: PlanNode, words: str, seconds: float) -> None:
    """Tell that a step waits, why, and for how many seconds."""
    values: dict[str, JSON] = {"node": node.id, "words": words, "seconds": round(seconds, 1)}
    shop.emit(Notice(node=node.id, **told("waiting", values)))
