/*
 * A page that React has given up.
 *
 * The entry script takes React off the page and tells us. If the server's page
 * has a form that works natively, it comes back, and hydration.js carries over
 * what was typed. Elsewhere there's a sentence and a button to reload.
 */

/** Keep a copy of the page as the server sent it. */
const keepPrerendered = () => {
  const sent = document.querySelector("body > .page");
  // With something after it, the page has arrived whole.
  const isWhole = sent?.nextElementSibling || document.readyState !== "loading";
  if (!prerendered && isWhole && sent)
    prerendered = { page: sent.cloneNode(true), path: here() };
};

/** Return the server's page if it has a form that works natively, or null. */
const nativePage = () => {
  const copy = prerendered?.path === here() ? prerendered.page.cloneNode(true) : null;
  const form = copy?.querySelector("form[data-native]");
  if (!form) return null;
  const text = word("brokenForm");
  form.prepend(element("p", { className: "notice notice-warn", role: "alert", textContent: text }));
  for (const each of copy.querySelectorAll("form[data-native]")) released.add(each);
  // What needs React would do nothing.
  copy.querySelector(".suggestions")?.remove();
  return copy;
};

const element = (name, props, ...parts) => {
  const made = Object.assign(document.createElement(name), props);
  made.append(...parts);
  return made;
};

const apology = () => {
  const reload = element("button", {
    type: "button",
    className: "button button-primary button-wide mt-6",
    textContent: word("reload"),
  });
  reload.dataset.reload = "";
  const sheet = element(
    "div",
    { className: "sheet" },
    element("h1", { className: "headline", textContent: word("broken") }),
    element("p", { className: "soft mt-2", textContent: word("brokenHint") }),
    reload,
  );
  sheet.role = "alert";
  return element("div", { className: "page" }, element("main", { className: "main bare-main" }, sheet));
};

addEventListener("page-broken", () => {
  const next = nativePage() ?? apology();
  document.querySelector("body > .page")?.remove();
  document.body.append(next);
  for (const name of marks) root.classList.add(name);
  // Without React there is no socket to wait for.
  lostSince = 0;
  held.clear();
});
