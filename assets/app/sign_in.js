/* Signs in with fetch, and shows a form's errors. */

const refuse = (form, { message, field, sign_up: signUp }) => {
  const place = errorPlace(form, field ?? "form") ?? errorPlace(form, "form");
  say(place, message);
  if (field === "code") form.querySelector("[data-two-factor]")?.removeAttribute("hidden");
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

const signIn = async (form) => {
  const body = new FormData(form);
  // After a client-side redirect, the server hasn't filled in this field.
  const next = new URLSearchParams(location.search).get("next");
  if (next) body.set("next", next);
  clear(form);
  setBusy(form, true);
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      body,
    });
    const answer = await response.json();
    if (answer.success) {
      kept.set("refreshed_at", String(Date.now()));
      location.assign(answer.next || "/dashboard");
      return;
    }
    setBusy(form, false);
    refuse(form, answer);
  } catch {
    setBusy(form, false);
    say(errorPlace(form, "form"), word("unreachable"));
  }
};
