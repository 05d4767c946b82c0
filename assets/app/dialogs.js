/* The delete dialog, and where the focus goes when what had it is gone. */

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

/** What is being deleted fades, until it is gone or is known to stay. */
const leave = (article) => {
  article?.setAttribute("data-leaving", "");
  setTimeout(() => article?.removeAttribute("data-leaving"), LEAVING_MS);
};

/** Who has loaded the last of the inbox reads on from where it ended. */
const loadMore = (button) => {
  opener = button;
  afterOpener = [...document.querySelectorAll("[data-delete]")].at(-1);
};

// What had the focus on a page of settings may go with what it was about.
addEventListener("focusin", ({ target }) => {
  const heading = target.closest(".setting")?.querySelector("h2");
  if (heading) [opener, afterOpener] = [target, heading];
});

/** Once what was pressed is gone, the focus goes to what stood before it. */
const refocus = () => {
  if (!opener || opener.isConnected) return;
  opener = null;
  if (document.activeElement === document.body) afterOpener?.focus();
};
