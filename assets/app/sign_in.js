/* Signs in with fetch, in one step or two, and shows a form's errors. */

/** Show the step that asks for the code, or the first one again. */
const showStep = (form, isSecond) => {
  form.querySelector("[data-two-factor]")?.toggleAttribute("hidden", !isSecond);
};

const refuse = (form, { message, field, sign_up: signUp }) => {
  const place = errorPlace(form, field ?? "form") ?? errorPlace(form, "form");
  say(place, message);
  const input = form.elements.namedItem(field ?? "");
  if (input instanceof HTMLElement) {
    input.setAttribute("aria-invalid", "true");
    lead(input);
  }
  if (signUp) {
    kept.set("sign_up", signUp);
    form.querySelector("[data-verify-link]")?.removeAttribute("hidden");
  }
};

const clear = (form) => {
  for (const place of form.querySelectorAll("[data-error-for]")) say(place, "");
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  form.querySelector("[data-verify-link]")?.setAttribute("hidden", "");
};

const setBusy = (form, busy) => {
  // Disabling the button would drop the focus; `check` blocks a second submit instead.
  const button = form.querySelector("button[type='submit']");
  if (busy) button.setAttribute("aria-busy", "true");
  else button.removeAttribute("aria-busy");
  if (!busy) sentAt.delete(form);
};

/** Post a form's fields, and return the answer; null if there is none. */
const post = async (form, body) => {
  clear(form);
  setBusy(form, true);
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      body,
    });
    return await response.json();
  } catch {
    return null;
  }
};

/** Show why a form was refused, or that it got no answer. */
const showAnswer = (form, answer) => {
  setBusy(form, false);
  if (answer) refuse(form, answer);
  else say(errorPlace(form, "form"), word("unreachable"));
};

const signIn = async (form) => {
  const body = new FormData(form);
  // After a client-side redirect, the server hasn't filled in this field.
  const next = new URLSearchParams(location.search).get("next");
  if (next) body.set("next", next);
  const answer = await post(form, body);
  if (answer?.success) {
    kept.set("refreshed_at", String(Date.now()));
    location.assign(answer.next || "/dashboard");
    return;
  }
  const isAsked = answer?.field === "code" && !body.get("code");
  if (answer?.field && answer.field !== "form") showStep(form, answer.field === "code");
  if (!isAsked) return showAnswer(form, answer);
  // The password was right: that's a step, not an error.
  setBusy(form, false);
  lead(form.elements.code);
};

/** Go back from the code to the first step, with what was typed there. */
const firstStep = (button) => {
  const { form } = button;
  clear(form);
  form.elements.code.value = "";
  showStep(form, false);
  lead(form.elements.identifier);
};
