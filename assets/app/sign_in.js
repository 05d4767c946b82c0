/* Sign-in by fetch, and what a form says when it is refused. */

const refuse = (form, { message, field, sign_up: signUp }) => {
  const place = errorPlace(form, field ?? "form") ?? errorPlace(form, "form");
  say(place, message);
  if (field === "code") form.querySelector("[data-two-factor]")?.removeAttribute("hidden");
  const input = form.elements.namedItem(field ?? "");
  if (input instanceof HTMLElement) {
    input.setAttribute("aria-invalid", "true");
    input.focus();
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

const wait = (form, waiting) => {
  // Not disabled, because that takes the focus away; `check` stops a second try.
  const button = form.querySelector("button[type='submit']");
  if (waiting) button.setAttribute("aria-busy", "true");
  else button.removeAttribute("aria-busy");
  if (!waiting) sentAt.delete(form);
};

const signIn = async (form) => {
  const body = new FormData(form);
  // Whoever was sent here within the page comes without the server's filling it in.
  const next = new URLSearchParams(location.search).get("next");
  if (next) body.set("next", next);
  clear(form);
  wait(form, true);
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
    wait(form, false);
    refuse(form, answer);
  } catch {
    wait(form, false);
    say(errorPlace(form, "form"), word("unreachable"));
  }
};
