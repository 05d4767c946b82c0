/* Forms whose handler is not there yet, or whose server is not. */

const sentAt = new WeakMap();
const held = new Set();
const released = new WeakSet();

/** Whether React's handler must come first: it has the forms without an action. */
const mustWait = (form) =>
  !form.hasAttribute("action") &&
  !released.has(form) &&
  !isAlive(form);

const early = new Set();

/** React hears nothing of what was typed before it came: it is told afterwards. */
const tellLater = (field) => {
  if (early.has(field)) return;
  early.add(field);
  const since = Date.now();
  const again = () => {
    const isOver = !field.isConnected || Date.now() - since > HOLD_MS;
    if (!isOver && !isAlive(field)) return setTimeout(again, 50);
    early.delete(field);
    if (isOver) return;
    // Otherwise React sees the value that it has found, and takes it for old.
    field._valueTracker?.setValue("");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  again();
};

let lostSince = 0;

/**
 * Whether a form would go nowhere now. A dialog's may: it closes at once, and
 * React's queue keeps what it asked for.
 */
const isCutOff = (form) =>
  (!navigator.onLine || lostSince > 0) && !form.hasAttribute("action") && !form.closest("dialog");

/**
 * Send a form once its handler and its server are there, so that no early
 * click is lost, and what is clicked often in a tunnel goes out once.
 */
const hold = (form) => {
  if (held.has(form)) return;
  held.add(form);
  const since = Date.now();
  const again = () => {
    if (!form.isConnected) held.delete(form);
    if (!held.has(form)) return showNetwork();
    const isEarly = mustWait(form) && Date.now() - since < HOLD_MS;
    if (isEarly || isCutOff(form)) return setTimeout(again, 50);
    held.delete(form);
    showNetwork();
    if (mustWait(form)) released.add(form);
    form.requestSubmit();
  };
  again();
  showNetwork();
};
