/* Handles elements that React renders or changes later. */

const EMPTY_COUNTERS = "[data-counter-for]:empty";

let dates = null;

const localise = (span) => {
  // Made for the first date, because it takes longer than all the rest of this script.
  dates ??= new Intl.DateTimeFormat(root.lang || "en", { dateStyle: "medium", timeStyle: "short" });
  const moment = new Date(span.dataset.local);
  if (!Number.isNaN(moment.getTime())) say(span, dates.format(moment));
};

/** Clear password fields once their form has succeeded. */
const forgetPasswords = () => {
  for (const done of document.querySelectorAll(".setting-end > .done")) {
    // The state clears it before it says more; a translator only changes its words.
    const isNews = done.textContent && !done.dataset.told;
    done.dataset.told = done.textContent && "told";
    const fields = isNews ? done.closest("form")?.elements ?? [] : [];
    for (const field of fields) if (/-password$/.test(field.autocomplete)) field.value = "";
  }
};

let willCount = false;

/** Fill empty counters after the paint: a first number takes as long to format as the paint. */
const countOncePainted = () => {
  if (willCount || !document.querySelector(EMPTY_COUNTERS)) return;
  willCount = true;
  requestAnimationFrame(() =>
    setTimeout(() => {
      willCount = false;
      for (const counter of document.querySelectorAll(EMPTY_COUNTERS))
        count(byId(counter.dataset.counterFor));
    }),
  );
};

const syncPage = () => {
  keepPrerendered();
  keepPage();
  restoreDraft();
  for (const span of document.querySelectorAll("[data-local]:empty")) localise(span);
  if (byId("messages")) keepPlace();
  syncDays();
  watchUnread();
  countOncePainted();
  const arrival = document.querySelector("[data-arrival]:not([data-arrived])");
  if (arrival) {
    arrival.setAttribute("data-arrived", "");
    renewKey();
    forgetDraft();
    unanswered = null;
    patience = ANSWER_MS;
    arrival.focus();
  }
  if (focusNext && byId(focusNext)) {
    byId(focusNext).focus();
    focusNext = "";
  }
  forgetPasswords();
  fillIn();
  suggestZone();
  const isWhole = document.readyState !== "loading";
  if (isWhole && byId("compose") && !byId("compose-key")) renewKey();
  showWait();
  refocus();
  keepSignedIn();
};

// React starts later still, so nothing is missed until then (`painting.js`).
addEventListener("DOMContentLoaded", syncPage);

new MutationObserver((changes) => {
  for (const { attributeName, target } of changes) {
    if (attributeName === "data-wait") startWait(target);
    if (attributeName === "data-local") localise(target);
    if (attributeName === "data-arrived") noteArrivals(target);
    if (attributeName === "data-unread-total") showUnread(target);
    if (attributeName === "data-cut-off") noteSocket(target.dataset.cutOff === "true");
  }
  if (document.readyState !== "loading") syncPage();
}).observe(document, {
  childList: true,
  subtree: true,
  attributeFilter: [
    "data-wait",
    "data-local",
    "data-signed-in",
    "data-cut-off",
    "data-arrived",
    "data-unread-total",
    "data-with",
  ],
});
