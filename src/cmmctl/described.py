"""How a key of a fact or a rule is described, and what is made of described keys."""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, Never, Self

from cmmctl import keys
from cmmctl.keys import Value


class Key(NamedTuple):
    """How one key of a fact is read, named on the command line, and explained.

    `options` are the names of its option where the key's own will not do, `positional` the word its argument
    is shown as. `asked` are the words of its question, where those of `help` will not do; what is required is asked
    for anyway, what may be left out only where this is set. `repeated`: the last one on record is offered. `once`:
    it belongs to one occasion, as every date does, so that `--like` does not copy it. `telling`: two records of a
    kind that agree in all of these look like the same thing. `sealed`: only the tool writes it.
    `explain` is what `?` answers, where `help` and any value of its kind for an example will not do.
    """

    name: str
    value: Value
    help: str
    required: bool = False
    options: tuple[str, ...] = ()
    positional: str | None = None
    asked: bool | str = False
    repeated: bool = False
    once: bool = False
    telling: bool = False
    sealed: bool = False
    default: object = None
    explain: str = ""

    @property
    def option(self) -> str:
        """Give the option as it is typed."""
        return self.options[0] if self.options else "--" + self.name.replace("_", "-")

    @property
    def question(self) -> str:
        """Give what an interview asks."""
        words = self.asked if isinstance(self.asked, str) else self.help.removeprefix("the ")
        return f"{words[:1].upper()}{words[1:]}"


_REQUIRED = object()


def key(
    value: Value,
    help: str,  # noqa: A002 - the word every reader of a command line knows
    default: object = _REQUIRED,
    options: tuple[str, ...] = (),
    positional: str | None = None,
    *,
    asked: bool | str = False,
    repeated: bool = False,
    once: bool = False,
    telling: bool = False,
    sealed: bool = False,
    explain: str = "",
) -> Any:  # noqa: ANN401 - the annotation of the field is its type
    """Describe one key. Without a default it is required."""
    required, once = default is _REQUIRED, once or value is keys.DAY or value is keys.STATED
    return Key("", value, help, required, options, positional, asked, repeated, once, telling, sealed, default, explain)


class Described:
    """Something made of described keys, which never changes once it is made: a fact, or a rule.

    It does what a frozen dataclass does. What `dataclass` writes and compiles for every class at every start is
    written here once for all of them; with twenty-odd classes that is a tenth of what a command takes. The schema
    is the only validator: what is not given has its default.
    """

    keys: ClassVar[Mapping[str, Key]] = {}

    def __init_subclass__(cls) -> None:
        own = {name: key._replace(name=name) for name, key in vars(cls).items() if isinstance(key, Key)}
        for name, key in own.items():
            if key.required:
                delattr(cls, name)
            else:
                setattr(cls, name, key.default)
        cls.keys = {**own, **cls.keys}

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 - what the annotations of the class say
        object.__setattr__(self, "__dict__", values)

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """Make one of values that nobody else holds."""
        made = cls.__new__(cls)
        object.__setattr__(made, "__dict__", values)
        return made

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError(f"`{name}` cannot be changed; `but` makes another one")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"

    def but(self, **values: Any) -> Self:  # noqa: ANN401 - what the annotations of the class say
        """Make another one that differs in these values."""
        return type(self)(**{**self.__dict__, **values})


def keys_of(described: type[Described]) -> Mapping[str, Key]:
    """Give the keys of a fact or rule by name, in the order of the contract, the note last."""
    return described.keys
