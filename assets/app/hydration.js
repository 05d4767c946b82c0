/*
 * A page that React renders again.
 *
 * If an extension has put an element where React expects its own, React renders
 * the whole document again. Everything typed, the focus, our classes on <html>
 * and our fields in <body> would be lost, so they're carried over.
 */

// Fields that we keep in <body>, outside React's tree.
const OUR_FIELDS = ["compose-key", "mailed-link"];
// What the server or the script writes into an element that React leaves alone.
const WRITTEN = "[data-owner], [data-called], [data-about], [data-error-for], [data-leaves-at]";
const SWITCHED = "[data-inbox], [data-about], [data-two-factor], [data-verify-link]";
const SWITCHES = ["data-inbox", "data-says", "hidden"];

let page = null;
let pagePath = "";
let focused = null;
const ourFields = new Map();

addEventListener("focusin", ({ target }) => (focused = target));
addEventListener("focusout", ({ target }) => {
  // A removed element loses the focus too, but nobody has left it.
  setTimeout(() => {
    if (target.isConnected && focused === target && document.activeElement !== target)
      focused = null;
  });
});

/** Return the pairs of elements that match a selector in the old and the new page. */
const pairs = (selector, old, fresh) => {
  const twins = fresh.querySelectorAll(selector);
  return [...old.querySelectorAll(selector)].map((each, place) => [each, twins[place]]);
};

const twinOf = (field, fresh) => {
  const name = CSS.escape(field.id || field.name);
  return name && fresh.querySelector(field.id ? `#${name}` : `${field.localName}[name="${name}"]`);
};

/** Copy what was typed into a field, and the focus, to the same field of the new page. */
const carryField = (field, fresh) => {
  const twin = twinOf(field, fresh);
  const isTyped = field.matches("textarea, input:not([type=checkbox], [type=radio])");
  if (!twin || !isTyped || field.readOnly) return;
  const isFocused = field === focused;
  if (field.value && twin.value !== field.value) {
    twin.value = field.value;
    tellLater(twin);
  }
  if (!isFocused) return;
  twin.focus({ preventScroll: true });
  // Email fields have no selection.
  if (field.selectionStart !== null)
    twin.setSelectionRange(field.selectionStart, field.selectionEnd);
};

const carryOver = (old, fresh) => {
  for (const name of marks) root.classList.add(name);
  for (const [id, field] of ourFields) if (!byId(id)) document.body.append(field);
  for (const [each, twin] of pairs(WRITTEN, old, fresh))
    if (twin && each.textContent.trim()) twin.textContent = each.textContent;
  for (const [each, twin] of pairs(SWITCHED, old, fresh))
    for (const name of SWITCHES) {
      if (each.hasAttribute(name)) twin?.setAttribute(name, each.getAttribute(name));
      else twin?.removeAttribute(name);
    }
  for (const field of old.querySelectorAll("input, textarea")) carryField(field, fresh);
  for (const [button, twin] of pairs("button, [role='switch']", old, fresh)) {
    if (!twin) continue;
    movePress(button, twin);
    if (pressedEarly.delete(button)) pressLater(twin, { isMoved: true });
  }
  // A form that was submitted too early is now the one in the new page.
  for (const [form, twin] of pairs("form", old, fresh)) if (held.delete(form) && twin) hold(twin);
};

/** Notice whether the page is a new element at the same address. */
const keepPage = () => {
  for (const id of OUR_FIELDS) if (byId(id)) ourFields.set(id, byId(id));
  const current = document.querySelector("body > .page");
  if (!current || current === page) return;
  const [old, oldPath] = [page, pagePath];
  [page, pagePath] = [current, here()];
  if (old && !old.isConnected && oldPath === pagePath) carryOver(old, current);
};
