/* The account menu: a button that shows and hides what follows it. */

const setMenu = (button, isOpen) => button.setAttribute("aria-expanded", String(isOpen));

const isMenuOpen = (button) => button.getAttribute("aria-expanded") === "true";

const toggleMenu = (button) => setMenu(button, !isMenuOpen(button));

/** Close every menu but the one that contains an element. */
const closeMenus = (inside) => {
  for (const button of document.querySelectorAll("[data-menu][aria-expanded='true']"))
    if (!button.parentElement.contains(inside)) setMenu(button, false);
};

addEventListener("pointerdown", ({ target }) => closeMenus(target));
addEventListener("focusin", ({ target }) => closeMenus(target));

addEventListener("keydown", (event) => {
  const button = event.key === "Escape" && document.querySelector("[data-menu][aria-expanded='true']");
  if (!button) return;
  setMenu(button, false);
  button.focus();
});
