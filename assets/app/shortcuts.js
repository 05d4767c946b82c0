/*
 * Single keys on the dashboard. Each presses a button that's on the page, so whatever a key
 * does, a pointer does too.
 */

const SINGLE_KEYS = "single-keys";
// Without storage, the choice is for this page.
let areKeysOn = kept.get(SINGLE_KEYS) !== "off";

const ACT_KEYS = {
  e: ["archive", "move_to_inbox"],
  s: ["star", "unstar"],
  "#": ["trash"],
  u: ["mark_unread"],
};

/** Return which message comes next, from the place of the current one (-1 for none). */
const nextPlace = (place, step, count) => Math.min(Math.max(place + step, 0), count - 1);

const allMessages = () => [...document.querySelectorAll("article[data-message-id]")];

const currentMessage = () => document.activeElement?.closest?.("article[data-message-id]");

const goTo = (step) => {
  const all = allMessages();
  const message = all[nextPlace(all.indexOf(currentMessage()), step, all.length)];
  message?.focus({ preventScroll: true });
  message?.scrollIntoView({ block: "nearest" });
};

const actOn = (message, names) => {
  const selector = names.map((name) => `[data-act="${name}"]`).join(", ");
  message?.querySelector(selector)?.click();
};

const openMore = (message) => {
  const more = message.querySelector("[data-menu]") ?? message.querySelector(".message-buttons button");
  more?.click();
  message.querySelector(".message-menu button")?.focus();
};

const keys = {
  j: () => goTo(1),
  k: () => goTo(-1),
  "/": () => byId("search-words")?.focus(),
  "?": () => open("shortcuts-sheet"),
};

/** Whether a key is meant for the page, not for a field, a dialog or the browser. */
const isForPage = ({ target, ctrlKey, metaKey, altKey, isComposing, defaultPrevented }) =>
  !(ctrlKey || metaKey || altKey || isComposing || defaultPrevented) &&
  !target.closest?.("input:not([type='checkbox']), textarea, select, [contenteditable]") &&
  !document.querySelector("dialog[open]");

addEventListener("keydown", (event) => {
  if (!areKeysOn || !byId("shortcuts-sheet") || !isForPage(event)) return;
  const message = currentMessage();
  if (keys[event.key]) keys[event.key]();
  else if (message && ACT_KEYS[event.key]) actOn(message, ACT_KEYS[event.key]);
  else if (event.key === "Enter" && event.target === message) openMore(message);
  else return;
  event.preventDefault();
});

addEventListener("change", ({ target }) => {
  if (target.id !== SINGLE_KEYS) return;
  areKeysOn = target.checked;
  kept.set(SINGLE_KEYS, areKeysOn ? "on" : "off");
});

/** Show on the switch whether keys are on. */
const showKeys = () => {
  if (byId(SINGLE_KEYS)) byId(SINGLE_KEYS).checked = areKeysOn;
};

// Escape ends a search, from its words or from what it found.
addEventListener("keydown", (event) => {
  const isInSearch = closest(event, "#search, #found");
  if (event.key !== "Escape" || !isInSearch || event.isComposing) return;
  if (isSelecting() || document.querySelector("[data-menu][aria-expanded='true']")) return;
  document.querySelector("[data-ends-search]")?.click();
});

/** Empty the words, and leave the focus there, once a search has been ended. */
const endSearch = () => {
  const words = byId("search-words");
  words.form.reset();
  words.focus();
};
