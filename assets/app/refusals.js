/*
 * Leads the eye and the focus to what was refused, in every form and by one rule:
 * after a person's submit, the first refused field in document order. Never when a
 * page loads, nor once the person has gone on typing or to another form.
 */

let awaited = null;
// Whether what the form shows now is the answer, and not what an earlier one left there.
let isAnswer = false;

/** Bring an element into view with everything said about it, and focus it. */
const lead = (element) => {
  element.focus({ preventScroll: true });
  // A phone's keyboard leaves little room, and "nearest" would leave the error below it.
  const whole = element.closest(".field, .compose, .page-notice") ?? element;
  const room = window.visualViewport?.height ?? innerHeight;
  const fits = whole.getBoundingClientRect().height < room;
  (fits ? whole : element).scrollIntoView({ block: "center" });
};

/** Return what to lead to in a refused form: its first refused field, or the page's notice. */
const refusedIn = (form) => {
  const field = form.querySelector("[aria-invalid='true']");
  const isShut = document.querySelector("[data-inbox='closed'], [data-inbox='missing']");
  return field ?? (form.id === "compose" && isShut ? byId("page-notice") : null);
};

/** Wait for the answer to a form that React sends. */
const awaitRefusal = (form) => {
  awaited = form;
  isAnswer = !refusedIn(form);
};

const showRefusal = () => {
  if (!awaited?.isConnected) awaited = null;
  if (!awaited) return;
  const form = awaited;
  if (form.querySelector("[aria-busy='true']")) {
    isAnswer = true;
    return;
  }
  const refused = isAnswer && refusedIn(form);
  if (!refused) return;
  awaited = null;
  const active = document.activeElement;
  if (active === document.body || form.contains(active)) lead(refused);
};

new MutationObserver(showRefusal).observe(document, {
  childList: true,
  subtree: true,
  attributeFilter: ["aria-invalid", "aria-busy", "data-inbox"],
});

addEventListener("input", ({ target }) => {
  if (awaited && target.form === awaited) awaited = null;
});
