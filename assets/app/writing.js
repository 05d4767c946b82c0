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
const renewKey = () => {
  let field = byId("compose-key");
  if (!field) {
    field = document.createElement("input");
    Object.assign(field, { type: "hidden", id: "compose-key", name: "key" });
    field.setAttribute("form", "compose");
    document.body.append(field);
  }
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  field.value = btoa(String.fromCharCode(...bytes));
};

const suggest = (button) => {
  const box = byId("message");
  box.value = button.textContent;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
};

/** Show what is typed as its recipient would see it; nothing leaves the page. */
const mirror = (box) => {
  const place = byId(box.dataset.mirror);
  say(place, box.value);
  place.closest("[tabindex]").scrollTop = place.offsetHeight;
};
