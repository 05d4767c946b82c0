/* Checks forms and submits them. */

/** Return what is wrong with a field, or "". */
const problemOf = (field) => {
  const { needed } = field.dataset;
  if (needed && !field.value.trim() && !field.closest("[hidden]")) return needed;
  return word(problemWord(field.value, field.form.id === "compose" && field.name === "message"));
};

// The forms in which something was typed since they were last submitted.
const typedIn = new WeakSet();

// In the capture phase, so that what submits a form as it's typed comes later.
addEventListener(
  "input",
  ({ target }) => target.form && !isTellingLater && typedIn.add(target.form),
  true,
);

const fieldsOf = (form) => [...form.elements].filter((each) => each.matches("input, textarea"));

/** Block repeated and invalid submits in the capture phase, before React sees them. */
const check = (event) => {
  const form = event.target;
  // A press on a form that was changed since the last one is never a repeat.
  const isChanged = typedIn.has(form);
  const isRepeated = isRepeat(sentAt.get(form)) && !isChanged;
  if (isRepeated || (isAnswering(form) && !isChanged) || gone.has(form)) return stop(event);
  let first = null;
  for (const field of fieldsOf(form)) {
    const problem = problemOf(field);
    say(errorPlace(form, field.name), problem);
    if (problem && !first) first = field;
    // No state says so of these, and so nothing else writes it.
    if (field.dataset.needed) field.setAttribute("aria-invalid", String(problem !== ""));
  }
  if (first) {
    stop(event);
    lead(first);
  } else if (mustWait(form) || isCutOff(form) || isAnswering(form)) {
    stop(event);
    hold(form);
  } else {
    sentAt.set(form, Date.now());
    typedIn.delete(form);
    awaitRefusal(form);
    if (form.id !== "compose") return;
    expectAnswer(form);
    noteSubmitted();
  }
};

addEventListener("submit", check, true);

addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-fetch]")) {
    event.preventDefault();
    signIn(form);
  }
  if (form.matches("[data-download]")) {
    event.preventDefault();
    download(form);
  }
  if (form.matches("[data-mastodon]")) {
    event.preventDefault();
    toMastodon(form);
  } else if (form.closest("dialog")) {
    form.closest("dialog").close();
    leave(opener?.closest("article"));
  }
});
