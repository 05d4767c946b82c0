/* What every part asks of the page: to find, to say, to keep and to stop something. */

const root = document.documentElement;

const byId = (id) => document.getElementById(id);

/** This page's path. */
const here = () => withoutSlash(location.pathname);

const closest = (event, selector) =>
  event.target instanceof Element ? event.target.closest(selector) : null;
const word = (name) => byId("words")?.dataset[name] ?? "";

/** Write a text only where it differs, so that observers see real changes. */
const say = (element, text) => {
  if (element && element.textContent !== text) element.textContent = text;
};

/** Storage may be switched off; the page works without it. */
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
      // Nothing is lost but a convenience.
    }
  },
};

const errorPlace = (form, name) => form.querySelector(`[data-error-for="${CSS.escape(name)}"]`);

const stop = (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
};

/** Whether React has taken an element over, handlers and all. */
const isAlive = (element) =>
  Object.keys(element).some((key) => key.startsWith("__reactProps$"));
