/*
 * Drafts, kept for this tab on this device until they're sent.
 *
 * With a draft we keep the retry key it was last submitted with: if the answer
 * was lost with the page, sending it again stores it only once.
 */

// Pages that say "sent" without scripts link back with this query.
const SENT_QUERY = "?sent";

let draftBox = null;
let isKeyReused = false;

const draftName = () => `draft:${here()}`;

const storeDraft = (text, key) => {
  if (text) sessionStorage.setItem(draftName(), JSON.stringify({ text, key }));
  else sessionStorage.removeItem(draftName());
};

const keepDraft = (box) => {
  if (isKeyReused) renewKey();
  storeDraft(box.value, "");
};

const noteSubmitted = () => storeDraft(byId("message").value, byId("compose-key")?.value ?? "");

const forgetDraft = () => storeDraft("");

/** Put the draft of an earlier page in this tab into its empty box. */
const restoreDraft = () => {
  const box = byId("compose") && byId("message");
  if (!box || box === draftBox || document.readyState === "loading") return;
  draftBox = box;
  const draft = readDraft(sessionStorage.getItem(draftName()));
  if (box.value || !draft) return;
  box.value = draft.text;
  count(box);
  if (!draft.key) return;
  renewKey(draft.key);
  isKeyReused = true;
};

/** Show the draft for a page that isn't there any more, so that it can be copied. */
const showLostDraft = () => {
  const place = document.querySelector("[data-lost-draft][hidden]");
  const draft = place && readDraft(sessionStorage.getItem(draftName()));
  if (!draft) return;
  byId("lost-draft").value = draft.text;
  place.hidden = false;
};
addEventListener("DOMContentLoaded", showLostDraft);

mark("keeps-drafts", !forgetful.has("sessionStorage"));

if (location.search === SENT_QUERY) {
  forgetDraft();
  history.replaceState(history.state, "", location.pathname);
}
