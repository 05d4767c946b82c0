/* Checks forms and submits them. */

/** Return what is wrong with a field, or "". */
const problemOf = (field) => {
  const { needed } = field.dataset;
  if (needed && !field.value.trim() && !field.closest("[hidden]")) return needed;
  return word(problemWord(field.value, field.form.id === "compose" && field.name === "message"));
};

/** Block repeated and invalid submits in the capture phase, before React sees them. */
const check = (event) => {
  const form = event.target;
  const isRepeated = isRepeat(sentAt.get(form));
  const isBusy = form.querySelector("button[aria-busy='true']") && !hasNoSocket();
  if (isRepeated || isBusy || gone.has(form)) return stop(event);
  const fields = [...form.elements].filter((each) => each.matches("input, textarea"));
  let first = null;
  for (const field of fields) {
    const problem = problemOf(field);
    say(errorPlace(form, field.name), problem);
    if (problem && !first) first = field;
    // No state says so of these, and so nothing else writes it.
    if (field.dataset.needed) field.setAttribute("aria-invalid", String(problem !== ""));
  }
  if (first) {
    stop(event);
    lead(first);
  } else if (mustWait(form) || isCutOff(form)) {
    stop(event);
    hold(form);
  } else {
    sentAt.set(form, Date.now());
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
