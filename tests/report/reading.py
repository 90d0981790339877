"""Read a page as a tree, so that tests can look for what is where."""

from html.parser import HTMLParser
from types import SimpleNamespace


class Node(SimpleNamespace):
    """An element of the page, with its attributes, its children and all of its text."""

    def all(self, name=None, **attributes):
        """Give the elements inside that have this name and these attributes, in their order."""
        for child in self.children:
            if isinstance(child, Node):
                wanted = {key.rstrip("_"): value for key, value in attributes.items()}
                own = {key: child.attributes.get(key) for key in wanted}
                if name in {None, child.name} and own == wanted:
                    yield child
                yield from child.all(name, **attributes)

    def one(self, name=None, **attributes):
        (only,) = self.all(name, **attributes)
        return only

    def id(self, name):
        return self.one(id=name)

    @property
    def text(self):
        return "".join(c.text if isinstance(c, Node) else c for c in self.children)

    @property
    def classes(self):
        return (self.attributes.get("class") or "").split()


class Reader(HTMLParser):
    """Read a page strictly: every element is closed by its own tag, in order."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = [Node(name="", attributes={}, children=[], parent=None)]

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), f"{tag} has an attribute twice"
        node = Node(name=tag, attributes=dict(attrs), children=[], parent=self.open[-1])
        self.open[-1].children.append(node)
        if tag != "meta":
            self.open.append(node)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag != "meta":
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop().name == tag

    def handle_data(self, data):
        self.open[-1].children.append(data)


def parsed(text):
    reader = Reader()
    reader.feed(text)
    reader.close()
    (root,) = reader.open
    return root
