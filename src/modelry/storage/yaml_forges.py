"""YAML that forges read: what is doubtful to other readers is read as they do, `on` as text and `yes` too."""

from modelry.errors import RegistryError
from modelry.model.places import Fault, Position
from modelry.storage import yaml_characters, yaml_nodes
from modelry.storage.yaml_nodes import Node, Reading
from modelry.storage.yaml_scalars import Refusal


def read(text: str) -> Reading:
    """Read a workflow or the like, however malformed; a root comes without faults, or none with them. It never raises."""
    permitted = yaml_characters.decode(text.encode("utf-8", "surrogatepass"))
    if not isinstance(permitted, str):
        return Reading(None, permitted)
    root, faults = yaml_nodes.read(permitted)
    if root is None:
        # What came before was doubtful to others only; the last is where reading stopped.
        return Reading(None, faults[-1:] or (Fault("the file cannot be read", Position(1, 1)),))
    return Reading(_meant(root, permitted), ())


def top(text: str) -> Node:
    """Give the top mapping. Raises `RegistryError` where there is none."""
    root, faults = read(text)
    if root is None:
        message, (line, column), hint = faults[-1]
        raise RegistryError(f"the text is faulty at {line}:{column}: {message}", hint=hint)
    return root


def _meant(node: Node, text: str) -> Node:
    """Give a node with the names and words that are written there, where the careful reader refuses them."""
    if isinstance(node.value, Refusal):
        return node._replace(value=text[node.start : node.end])
    if not isinstance(node.value, dict | list):
        return node
    children = {_name(key, node, text): _meant(child, text) for key, child in node.children.items()}
    keys = {_name(key, node, text): name for key, name in node.keys.items()}
    values = [child.value for child in children.values()]
    value = dict(zip(children, values, strict=True)) if isinstance(node.value, dict) else values
    return node._replace(value=value, children=children, keys=keys)


def _name(key: str | int, node: Node, text: str) -> str | int:
    if isinstance(key, str) and key.startswith("\0"):
        return text[node.keys[key].start : node.keys[key].end]
    return key
