"""Forms on plain pages: labelled boxes with their errors, ready to send again."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from anonmsg.web.posts import plain

# Longer values are no name and no address, and don't come back.
LONGEST_KEPT = 320
HINT = Markup('<p class="hint" id="{}-hint">{}</p>')
ERROR = Markup('<div role="alert"><p class="field-error" id="{}-error">{}</p></div>')


def form(path: str, *parts: Markup, label: str, name: str = "") -> Markup:
    """Return a form with one button.

    Args:
        path: The path to post to.
        *parts: The fields.
        label: The button's label.
        name: A field that the button sends, if the form has no other.
    """
    sent = Markup(' name="{}" value="yes"').format(name) if name else ""
    kind = "quiet" if name else "primary"
    return Markup("""<form method="post" action="{path}" class="form">
{parts}<button type="submit"{sent} class="button button-{kind} button-wide">{label}</button>
</form>""").format(path=path, parts=Markup("").join(parts), sent=sent, kind=kind, label=label)


def box(
    name: str,
    label: str,
    *,
    errors: Mapping[str, str],
    value: str = "",
    kind: str = "text",
    autocomplete: str = "off",
    hint: str = "",
) -> Markup:
    """Return a labelled box with its hint and its error.

    Args:
        name: The field's name, and its error's key.
        label: The field's accessible name.
        errors: The form's errors by field.
        value: What was typed; never a password or a code.
        kind: The input's type.
        autocomplete: What a browser may fill in.
        hint: The rule that the value must follow.
    """
    error = errors.get(name, "")
    below = {"hint": hint, "error": error}
    return Markup("""<div class="field"><label class="label" for="{name}">{label}</label>
<input class="box" id="{name}" name="{name}" type="{kind}" value="{value}" dir="auto"
 autocomplete="{autocomplete}" autocapitalize="none" spellcheck="false"
 aria-describedby="{described_by}" aria-invalid="{invalid}">
{hint}{error}</div>
""").format(
        name=name,
        label=label,
        kind=kind,
        value=value[:LONGEST_KEPT],
        autocomplete=autocomplete,
        described_by=" ".join(f"{name}-{each}" for each, text in below.items() if text),
        invalid="true" if error else "false",
        hint=HINT.format(name, hint) if hint else "",
        error=ERROR.format(name, error) if error else "",
    )


def password_box(
    label: str, *, errors: Mapping[str, str], autocomplete: str, hint: str = ""
) -> Markup:
    """Return an empty password box.

    Args:
        label: The field's accessible name.
        errors: The form's errors by field.
        autocomplete: "new-password" or "current-password".
        hint: The rule that the value must follow.
    """
    return box(
        "password", label, errors=errors, kind="password", autocomplete=autocomplete, hint=hint
    )


def hidden(name: str, value: str) -> Markup:
    """Return a field that nobody sees, or nothing if it's empty."""
    if not value:
        return Markup("")
    return Markup('<input type="hidden" name="{}" value="{}">\n').format(name, value[:LONGEST_KEPT])


def other_errors(errors: Mapping[str, str], *shown: str) -> Markup:
    """Return the errors that have no box of their own on the page.

    Args:
        errors: The form's errors by field.
        *shown: The names of the boxes.
    """
    rest = [plain.alert(text) for name, text in errors.items() if name not in shown]
    return Markup("").join(rest)
