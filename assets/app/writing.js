/* The message box. */

/** Show how many characters are left. */
const count = (box) => {
  const counter = document.querySelector(`[data-counter-for="${box.id}"]`);
  if (!counter) return;
  const left = charactersLeft(box.value);
  const text = word(counterWord(left)).replace("{n}", Math.abs(left).toLocaleString());
  say(counter, text);
  counter.toggleAttribute("data-over", left < 0);
  const spoken = announcement(left, text);
  if (spoken !== null) say(document.querySelector(`[data-counter-live="${box.id}"]`), spoken);
};

/*
 * Set a new retry key. A retry carries the same key, so it's stored only once.
 * The server writes the first key into the page; each later message gets a new one.
 */
const renewKey = (key = randomKey()) => {
  isKeyReused = false;
  let field = byId("compose-key");
  if (!field) {
    field = document.createElement("input");
    Object.assign(field, { type: "hidden", id: "compose-key", name: "key" });
    field.setAttribute("form", "compose");
    document.body.append(field);
  }
  field.value = key;
};

const randomKey = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes));
};

let suggested = null;
let replaced = "";

/** Replace a box's text as if it were typed, so that the browser's own undo works. */
const rewrite = (box, text) => {
  box.focus();
  box.select();
  if (document.execCommand("insertText", false, text) && box.value === text) return;
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
};

const suggest = (button) => {
  const box = byId("message");
  if (box.value !== suggested) replaced = box.value.trim() && box.value;
  suggested = button.textContent;
  rewrite(box, suggested);
  offerUndo();
};

/** Offer **Undo** as long as a suggestion stands in the place of what was written. */
const offerUndo = () => {
  const row = document.querySelector("[data-undo-row]");
  const isReplaced = Boolean(replaced) && byId("message")?.value === suggested;
  row?.toggleAttribute("hidden", !isReplaced);
  say(row?.querySelector("[role='status']"), isReplaced ? word("replaced") : "");
};

const undoSuggestion = () => {
  const text = replaced;
  replaced = "";
  rewrite(byId("message"), text);
  offerUndo();
};

/** Show what is typed as its recipient would see it; nothing leaves the page. */
const mirror = (box) => {
  const place = byId(box.dataset.mirror);
  say(place, box.value);
  place.closest("[tabindex]").scrollTop = place.offsetHeight;
};
