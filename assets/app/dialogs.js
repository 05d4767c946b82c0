/* The delete dialog, and where the focus goes when the focused element is removed. */

let opener = null;
let afterOpener = null;

const ask = (button) => {
  const dialog = byId("delete-dialog");
  opener = button;
  afterOpener = byId("inbox-heading");
  dialog.querySelector("[name='message_id']").value = button.dataset.delete;
  sentAt.delete(dialog.querySelector("form"));
  dialog.showModal();
};

/** Fade a message that is being deleted; it comes back if the deletion fails. */
const leave = (article) => {
  article?.setAttribute("data-leaving", "");
  setTimeout(() => article?.removeAttribute("data-leaving"), LEAVING_MS);
};

/** After **Load more** disappears, put the focus where the list used to end. */
const loadMore = (button) => {
  opener = button;
  afterOpener = [...document.querySelectorAll("[data-delete]")].at(-1);
};

// On the settings page, a focused element may be removed; the focus then goes to its heading.
addEventListener("focusin", ({ target }) => {
  const heading = byId(target.closest(".setting")?.getAttribute("aria-labelledby"));
  if (heading) [opener, afterOpener] = [target, heading];
});

/** Move the focus to the element before the opener once the opener is gone. */
const refocus = () => {
  if (!opener || opener.isConnected) return;
  opener = null;
  if (document.activeElement === document.body) afterOpener?.focus();
};
