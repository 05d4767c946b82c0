/*
 * Holds forms back until React has hydrated them, the server is reachable, and the
 * last press has been answered.
 */

const sentAt = new WeakMap();
const held = new Set();
const released = new WeakSet();

/** Whether a form has to wait for React, which handles the forms without an action. */
const mustWait = (form) =>
  !form.hasAttribute("action") &&
  !released.has(form) &&
  !isAlive(form);

const early = new Set();
// Whether an input event only repeats what was typed before React came.
let isTellingLater = false;

/** Replay input that was typed before hydration, which React has missed. */
const tellLater = (field) => {
  if (early.has(field)) return;
  early.add(field);
  const since = Date.now();
  const poll = () => {
    const isOver = !field.isConnected || Date.now() - since > HOLD_MS;
    if (!isOver && !isAlive(field)) return setTimeout(poll, 50);
    early.delete(field);
    if (isOver) return;
    // Without this, React finds the value unchanged and ignores the event.
    field._valueTracker?.setValue("");
    isTellingLater = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    isTellingLater = false;
  };
  poll();
};

const pressedEarly = new Set();

/**
 * Press a button again once React handles it, because it has missed the first press.
 *
 * React may also hydrate a button because of the very press, and then handles it.
 */
const pressLater = (button, { isMoved = false } = {}) => {
  if (pressedEarly.has(button)) return;
  pressedEarly.add(button);
  const since = Date.now();
  let isFirst = !isMoved;
  const poll = () => {
    const isOver = !button.isConnected || Date.now() - since > HOLD_MS;
    if (isOver || (isFirst && isAlive(button))) pressedEarly.delete(button);
    isFirst = false;
    if (!pressedEarly.has(button)) return;
    if (!isAlive(button)) return setTimeout(poll, 50);
    pressedEarly.delete(button);
    // It's the same press, so it doesn't repeat itself.
    sentAt.delete(button);
    button.click();
  };
  // After the press has reached everybody.
  setTimeout(poll);
};

let lostSince = 0;

/**
 * Whether a submit would be lost now. A dialog's form doesn't count: the dialog
 * closes at once, and React's queue keeps its event.
 */
const isCutOff = (form) =>
  (!navigator.onLine ||
    lostSince > 0 ||
    (silentSince > 0 && isAlive(form)) ||
    (isNative(form) && hasNoSocket())) &&
  !form.hasAttribute("action") &&
  !form.closest("dialog");

/** Whether a form's last press is still waiting for its answer. */
const isAnswering = (form) =>
  form.querySelector("button[aria-busy='true']") !== null && !hasNoSocket();

/**
 * Submit a form once its handler and the server are ready, so that an early
 * click isn't lost and repeated clicks while offline send it only once.
 */
const hold = (form) => {
  if (held.has(form)) return;
  held.add(form);
  const since = Date.now();
  const poll = () => {
    if (!form.isConnected) held.delete(form);
    if (!held.has(form)) return showNetwork();
    const isEarly = mustWait(form) && Date.now() - since < HOLD_MS;
    if (isEarly || isCutOff(form) || isAnswering(form)) return setTimeout(poll, 50);
    held.delete(form);
    showNetwork();
    if (mustWait(form)) released.add(form);
    form.requestSubmit();
  };
  poll();
  showNetwork();
  lookAtOnce();
};
