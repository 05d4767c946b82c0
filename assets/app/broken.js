/*
 * A page that React has given up.
 *
 * The entry script takes React off the page and tells us. On a public page the
 * form from before React comes back, which posts natively; elsewhere a sentence
 * and a button to reload.
 */

/** Keep a copy of the page as the server sent it. */
const keepPrerendered = () => {
  const sent = document.querySelector("body > .page");
  // With something after it, the page has arrived whole.
  const isWhole = sent?.nextElementSibling || document.readyState !== "loading";
  if (!prerendered && isWhole && sent)
    prerendered = { page: sent.cloneNode(true), path: here() };
};

/** Return the page that posts natively, or null if there is none. */
const nativePage = () => {
  const copy = prerendered?.path === here() ? prerendered.page.cloneNode(true) : null;
  const form = copy?.querySelector("#compose");
  if (!form) return null;
  // What needs React would do nothing.
  copy.querySelector(".suggestions")?.remove();
  copy.querySelector("[data-held]").textContent = word("brokenForm");
  released.add(form);
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
  sheet.setAttribute("role", "alert");
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
