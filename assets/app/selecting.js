/* Selecting several messages; the selection lives in the page alone. */

const BOXES = ".message .select-box";

const isSelecting = () => root.classList.contains("selecting");

const showSelected = () => {
  const count = document.querySelectorAll(`${BOXES}:checked`).length;
  const place = document.querySelector("[data-selected]");
  say(place, word("selected").replace("{n}", count));
  root.classList.toggle("has-selected", count > 0);
};

const setSelecting = (isOn) => {
  mark("selecting", isOn);
  for (const box of document.querySelectorAll(BOXES)) box.checked = false;
  showSelected();
  const button = document.querySelector(isOn ? ".selection-bar button" : ".inbox-tools [data-select]");
  button?.focus();
};

const toggleSelecting = () => setSelecting(!isSelecting());

const selectAll = () => {
  const boxes = [...document.querySelectorAll(BOXES)];
  const isEach = boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = !isEach;
  showSelected();
};

addEventListener("change", (event) => closest(event, BOXES) && showSelected());

addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isSelecting() && !document.querySelector("dialog[open]"))
    setSelecting(false);
});
