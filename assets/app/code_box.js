/* Sends a form once its code is complete, whether it was typed or pasted. */

const SENDING_MS = 150;
const sentCodes = new WeakMap();

const sendWhenComplete = (box) => {
  const code = digitsOf(box.value);
  const isComplete = code.length === Number(box.dataset.sendsAt);
  if (!isComplete || sentCodes.get(box) === code) return;
  // Once a code: a wrong one that is typed again is a person's own decision.
  sentCodes.set(box, code);
  setTimeout(() => {
    const isOver = !box.isConnected || digitsOf(box.value) !== code;
    if (!isOver) box.form?.requestSubmit();
  }, SENDING_MS);
};

addEventListener("input", (event) => {
  const box = closest(event, "[data-sends-at]");
  if (box && !event.isComposing) sendWhenComplete(box);
});

/** Fill in what the page before already knows, unless something was typed. */
const fillIn = () => {
  for (const told of document.querySelectorAll("[data-fills]:not([data-filled])")) {
    const field = byId(told.dataset.fills);
    if (!field || !told.dataset.with) continue;
    told.dataset.filled = "true";
    field.value ||= told.dataset.with;
  }
};
