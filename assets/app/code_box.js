/* Sends a form once its code is complete, whether it was typed or pasted. */

// Long enough for somebody who presses the button at once: one code is sent once.
const SENDING_MS = 400;
const sentCodes = new WeakMap();
const sending = new WeakMap();

const sendWhenComplete = (box) => {
  clearTimeout(sending.get(box));
  const code = digitsOf(box.value);
  const isComplete = code.length === Number(box.dataset.sendsAt);
  // A wrong code that is typed again is a person's own decision.
  if (!isComplete || sentCodes.get(box) === code) return;
  sending.set(box, setTimeout(() => box.form?.requestSubmit(), SENDING_MS));
};

addEventListener("input", (event) => {
  const box = closest(event, "[data-sends-at]");
  if (box && !event.isComposing) sendWhenComplete(box);
});

addEventListener("submit", (event) => {
  const box = event.target.querySelector("[data-sends-at]");
  if (!box) return;
  clearTimeout(sending.get(box));
  sentCodes.set(box, digitsOf(box.value));
});

/** Fill in what the page before already knows, unless something was typed. */
const fillIn = () => {
  for (const told of document.querySelectorAll("[data-fills]:not([data-filled])")) {
    const field = byId(told.dataset.fills);
    if (!field || !told.dataset.with) continue;
    told.dataset.filled = "true";
    if (field.value) continue;
    field.value = told.dataset.with;
    // Who is about to type replaces it, instead of adding to it.
    if (field === document.activeElement) field.select();
  }
};
