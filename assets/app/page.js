/* DOM and storage functions that every part uses. */

const root = document.documentElement;

const byId = (id) => document.getElementById(id);

/** Return this page's path. */
const here = () => withoutSlash(location.pathname);

const closest = (event, selector) =>
  event.target instanceof Element ? event.target.closest(selector) : null;

// The page as the server sent it, and its path.
let prerendered = null;

/** Return a sentence; when React has taken its page away, from the page as it was sent. */
const word = (name) =>
  (byId("words") ?? prerendered?.page.querySelector("#words"))?.dataset[name] ?? "";

// Classes on <html> that the stylesheet reads.
const marks = new Set(["scripted"]);
const mark = (name, isOn) => {
  marks[isOn ? "add" : "delete"](name);
  root.classList.toggle(name, isOn);
};

// What we said last, because a translator may have changed what is there.
const said = new WeakMap();

/** Set an element's text only if it differs, so that observers see real changes. */
const say = (element, text) => {
  if (!element || (said.get(element) ?? element.textContent) === text) return;
  said.set(element, text);
  element.textContent = text;
};

/** Local storage, which may be disabled; the page works without it. */
const kept = {
  get(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      // Only a convenience is lost.
    }
  },
};

const errorPlace = (form, name) => form.querySelector(`[data-error-for="${CSS.escape(name)}"]`);

const stop = (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
};

/** Whether React has hydrated an element and attached its handlers. */
const isAlive = (element) =>
  Object.keys(element).some((key) => key.startsWith("__reactProps$"));
