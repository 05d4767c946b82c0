/* Handlers for clicks, keys and input. */

const reveal = (button) => {
  const field = byId(button.dataset.reveal);
  const shown = field.type === "password";
  field.type = shown ? "text" : "password";
  button.toggleAttribute("data-revealed", shown);
  field.focus();
};

const pause = (button) => {
  const paused = button.getAttribute("aria-pressed") === "true";
  button.setAttribute("aria-pressed", String(!paused));
};

let focusNext = "";

const actions = {
  "[data-copy]": copy,
  "[data-share]": share,
  "[data-story]": passOnStory,
  "[data-open-dialog]": (button) => open(button.dataset.openDialog),
  "[data-suggestion]": suggest,
  "[data-undo]": undoSuggestion,
  "[data-menu]": toggleMenu,
  "[data-reload]": () => location.reload(),
  "[data-reveal]": reveal,
  "[data-pause]": pause,
  "[data-delete]": ask,
  "[data-note-of]": askForNote,
  "[data-copy-text]": copyText,
  "[data-select]": toggleSelecting,
  "[data-select-all]": selectAll,
  "[data-to-top]": goToTop,
  "[data-act]": noteAct,
  "[data-ends-search]": endSearch,
  "[data-load-more]": loadMore,
  "[data-close-dialog]": (button) => button.closest("dialog").close(),
  "[data-first-step]": firstStep,
  "[data-then-focus]": (button) => (focusNext = button.dataset.thenFocus),
};

// What these do comes besides what React does.
const BESIDES_REACT = new Set(["[data-act]", "[data-ends-search]", "[data-load-more]", "[data-then-focus]"]);

addEventListener("click", (event) => {
  // After another button of the form, such as **Cancel**, the next submit isn't a repeat.
  const other = closest(event, "button[type='button']");
  if (other?.form) sentAt.delete(other.form);
  for (const [selector, act] of Object.entries(actions)) {
    const element = closest(event, selector);
    if (element) act(element);
  }
});

const OURS = Object.keys(actions).filter((selector) => !BESIDES_REACT.has(selector));

// React handles the other buttons, and the switches. A switch stays as it is until then.
addEventListener(
  "click",
  (event) => {
    const control = closest(event, "button[type='button'], [role='switch']");
    const isOurs = OURS.some((selector) => closest(event, selector));
    if (!control || isOurs || isAlive(control)) return;
    if (control.matches("[role='switch']")) event.preventDefault();
    pressLater(control);
  },
  true,
);

addEventListener(
  "click",
  (event) => {
    const fresh = closest(event, "[data-wait]");
    const isRepeated = fresh && isRepeat(sentAt.get(fresh));
    if (isRepeated || closest(event, "[aria-disabled='true']")) stop(event);
    else if (fresh && isBlocked) {
      stop(event);
      resendNatively();
    } else if (fresh) sentAt.set(fresh, Date.now());
  },
  true,
);

addEventListener("input", (event) => {
  // What was said of it since stays.
  if (isTellingLater) return;
  const { form, name, value } = event.target;
  if (form) {
    // After an edit, the next submit isn't a repeat.
    sentAt.delete(form);
    patience = ANSWER_MS;
    say(errorPlace(form, name), "");
    // Emptying the box cancels a message that is waiting to be sent.
    if (form.id === "compose" && !value) held.delete(form);
    if (!isAlive(event.target)) tellLater(event.target);
  }
  if (form?.id === "compose" && name === "message") {
    keepDraft(event.target);
    offerUndo();
  }
  if (closest(event, "textarea")) count(event.target);
  if (closest(event, "[data-mirror]")) mirror(event.target);
});

addEventListener("keydown", (event) => {
  const box = closest(event, "textarea");
  const isSend = event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing;
  if (box && isSend) box.form?.requestSubmit();
});
