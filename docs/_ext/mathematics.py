"""Definitions as mathematics: MathML, which browsers draw by themselves.

A definition is a Python expression in the language of `relu_fast.accuracy.definitions`.
"""

import ast
import html

from relu_fast._catalog import FUNCTIONS

GREEK = {"alpha": "α", "beta": "β", "lambd": "λ", "pi": "π", "inf": "∞"}
RELATIONS = {ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥", ast.Eq: "=", ast.NotEq: "≠"}
NAMED = {"maximum": "max", "minimum": "min", "tanh": "tanh", "cosh": "cosh", "erfc": "erfc"}

# How tightly a piece holds together: what is looser than its place asks gets brackets.
SUM, PRODUCT, POWER, ATOM = range(4)


def element(name, *children, **attributes):
    head = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{head}>{''.join(children)}</{name}>"


def row(*children):
    return element("mrow", *children)


def operator(text):
    return element("mo", html.escape(text))


def identifier(name):
    """Letters slanted, words upright, as MathML has it."""
    return element("mi", GREEK.get(name, name.replace("_", " ")))


def bracketed(piece, left="(", right=")"):
    return row(operator(left), piece, operator(right))


def mathematics(text, name="", operands=("x",)):
    """The MathML of a definition, as what a function of that name is at x, or at others."""
    head = ""
    if name:
        names = [identifier(operands[0])]
        for operand in operands[1:]:
            names += [operator(","), identifier(operand)]
        head = row(element("mi", name), bracketed(row(*names)), operator("="))
    tree = ast.parse(text, mode="eval").body
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.text = ast.get_source_segment(text, node)  # more digits than a float has
    return element("math", head, _piece(tree), display="block")


def _piece(node, place=SUM):
    """A piece of a formula, in brackets if it would fall apart in that place."""
    found, tightness = _drawn(node)
    return found if tightness >= place else bracketed(found)


def _drawn(node):
    match node:
        case ast.Constant():
            return element("mn", node.text), ATOM
        case ast.Name(name):
            return identifier(name), ATOM
        case ast.UnaryOp(ast.USub(), operand):
            return row(operator("−"), _piece(operand, PRODUCT)), SUM
        case ast.BinOp(left, ast.Add() | ast.Sub() as sign, right):
            minus = isinstance(sign, ast.Sub)
            second = _piece(right, PRODUCT if minus else SUM)
            return row(_piece(left), operator("−" if minus else "+"), second), SUM
        case ast.BinOp(left, ast.Mult(), right):
            between = operator("·" if _starts_with_digit(right) else "\u2062")  # invisible times
            return row(_piece(left, PRODUCT), between, _piece(right, PRODUCT)), PRODUCT
        case ast.BinOp(ast.UnaryOp(ast.USub(), left), ast.Div(), right):
            return row(operator("−"), _fraction(left, right)), SUM
        case ast.BinOp(left, ast.Div(), right):
            return _fraction(left, right), PRODUCT
        case ast.BinOp(left, ast.Pow(), right):
            return _power(left, right), POWER
        case ast.Compare(first, operators, others):
            pieces = [_piece(first)]
            for relation, other in zip(operators, others, strict=True):
                pieces += [operator(RELATIONS[type(relation)]), _piece(other)]
            return row(*pieces), SUM
        case ast.BoolOp(joined, conditions):
            word = " and " if isinstance(joined, ast.And) else " or "
            pieces = [_piece(conditions[0])]
            for condition in conditions[1:]:
                pieces += [element("mtext", word), _piece(condition)]
            return row(*pieces), SUM
        case ast.Call(ast.Name(name), arguments):
            return _call(name, arguments)
    raise ValueError(f"{ast.unparse(node)!r}: expected what definitions are made of")


def _call(name, arguments):
    match name:
        case "where":
            return _cases(arguments), ATOM
        case "abs":
            return bracketed(_piece(*arguments), "|", "|"), ATOM
        case "sqrt":
            return element("msqrt", _piece(*arguments)), ATOM
        case "exp":
            return _exponential(*arguments), POWER
        case "expm1":
            return row(_exponential(*arguments), operator("−"), element("mn", "1")), SUM
        case "log1p":
            argument = row(element("mn", "1"), operator("+"), _piece(*arguments))
            return row(element("mi", "log"), bracketed(argument)), ATOM
    if name not in NAMED and name not in FUNCTIONS:
        raise ValueError(f"function {name!r}: expected one that definitions may use")
    pieces = [_piece(arguments[0])]
    for argument in arguments[1:]:
        pieces += [operator(","), _piece(argument)]
    return row(element("mi", NAMED.get(name, name)), bracketed(row(*pieces))), ATOM


def _exponential(exponent):
    return element("msup", element("mi", "e"), row(_piece(exponent)))


def _power(base, exponent):
    """Of a function above its name: tanh²(x)."""
    match base:
        case ast.Call(ast.Name(name), [argument]) if name in NAMED:
            raised = element("msup", element("mi", NAMED[name]), _piece(exponent))
            return row(raised, bracketed(_piece(argument)))
    return element("msup", _piece(base, ATOM), row(_piece(exponent)))


def _fraction(above, below):
    return element("mfrac", row(_piece(above)), row(_piece(below)))


def _cases(arguments):
    """A choice, and those in its last branch, as lines behind one brace."""
    lines = []
    rest = None
    while True:
        condition, yes, rest = arguments
        lines.append((_piece(yes), row(element("mtext", "if "), _piece(condition))))
        match rest:
            case ast.Call(ast.Name("where"), arguments):
                continue
        break
    lines.append((_piece(rest), element("mtext", "otherwise")))
    table = "".join(element("mtr", *(element("mtd", cell) for cell in line)) for line in lines)
    brace = element("mo", "{", fence="true", stretchy="true")
    return row(brace, element("mtable", table, columnalign="left"))


def _starts_with_digit(node):
    match node:
        case ast.Constant():
            return True
        case ast.BinOp(left, ast.Mult() | ast.Pow(), _):
            return _starts_with_digit(left)
    return False
