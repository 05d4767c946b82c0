/* DOM and storage functions that every part uses. */

const root = document.documentElement;

const byId = (id) => document.getElementById(id);

/** Return this page's path. */
const here = () => withoutSlash(location.pathname);

const closest = (event, selector) =>
  event.target instanceof Element ? event.target.closest(selector) : null;
const word = (name) => byId("words")?.dataset[name] ?? "";

/** Set an element's text only if it differs, so that observers see real changes. */
const say = (element, text) => {
  if (element && element.textContent !== text) element.textContent = text;
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
