/* The delete dialog, and where the focus goes when the focused element is removed. */

let opener = null;
let afterOpener = null;

const ask = (button) => {
  const dialog = byId("delete-dialog");
  opener = button;
  afterOpener = byId("inbox-heading");
  dialog.querySelector("[name='message_id']").value = button.dataset.delete;
  say(byId("delete-message"), button.closest("article").querySelector(".message-text").textContent);
  sentAt.delete(dialog.querySelector("form"));
  dialog.showModal();
  dialog.querySelector("[data-close-dialog]").focus();
};

/** Open the note of a message. */
const askForNote = (button) => {
  const dialog = byId("note-dialog");
  closeMenus(null);
  dialog.querySelector("[name='message_id']").value = button.dataset.noteOf;
  byId("note").value = button.closest("article").querySelector("[data-note]")?.textContent ?? "";
  sentAt.delete(dialog.querySelector("form"));
  dialog.showModal();
  byId("note").focus();
};

/** Return the message that takes the place of one that leaves the list. */
const neighbour = (article) => {
  const all = [...document.querySelectorAll("article[data-message-id]")];
  const place = all.indexOf(article);
  return all[place + 1] ?? all[place - 1] ?? byId("inbox-heading");
};

/** After an act on a message, which may leave the list, put the focus on the next one. */
const noteAct = (button) => {
  closeMenus(null);
  const { staysUnread, leaves, ofSelection } = button.dataset;
  if (staysUnread) stayUnread.add(staysUnread);
  if (ofSelection) return setSelecting(false);
  const article = button.closest("article");
  opener = button;
  afterOpener = leaves ? neighbour(article) : article;
  if (leaves) leave(article);
};

/** Fade a message that is being deleted; it comes back if the deletion fails. */
const leave = (article) => {
  article?.setAttribute("data-leaving", "");
  setTimeout(() => article?.removeAttribute("data-leaving"), LEAVING_MS);
};

/** After **Load more** disappears, put the focus where the list used to end. */
const loadMore = (button) => {
  opener = button;
  afterOpener = [...document.querySelectorAll("article[data-message-id]")].at(-1);
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
