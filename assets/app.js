/*
 * Everything on the pages that must work before, beside or without React.
 *
 * All listeners stand on window, so that the script needs no element to exist
 * yet. It writes only where React renders nothing: into empty elements made by
 * `slot()`, and into attributes that no component sets. It holds no sentence
 * of its own; the words come, translated, from the element with the id "words".
 */
"use strict";

(() => {
  const root = document.documentElement;
  // The public page carries this script twice: inside, to be there at once.
  if (root.classList.contains("scripted")) return;
  const MESSAGE_LIMIT = 1000;
  // A socket frame carries 16 kB at most; four bytes a character fit into it.
  const FIELD_LIMIT = 4000;
  const NEARLY_FULL = 20;
  const COPIED_MS = 3000;
  const LEAVING_MS = 4000;
  const REFRESH_MS = 10 * 60 * 1000;

  // A link's secret has 43 characters; shorter fragments are places on the page.
  const LINK_LENGTH = 32;
  // The pages that mailed links open, and the form that sends what the link holds.
  const LINK_FORMS = {
    "/verify": "verify-form",
    "/reset-password": "reset-form",
    "/confirm-email": "email-link-form",
    "/undo-email": "email-link-form",
  };

  root.classList.add("scripted");

  const byId = (id) => document.getElementById(id);
  /** This page's path; some servers add a slash to it. */
  const here = () => location.pathname.replace(/(?<=.)\/$/, "");
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

  // --- The link of a mail ---------------------------------------

  /*
   * The secret stands in the fragment, which no server sees. It is taken out
   * of the address at once, before React reads it, and put into a field that
   * belongs to the form but lies outside of React's tree.
   */
  const takeLink = () => {
    const link = location.hash.slice(1);
    const form = LINK_FORMS[here()];
    if (!form || link.length < LINK_LENGTH) return;
    history.replaceState(history.state, "", location.pathname + location.search);
    root.classList.add("has-link");
    const keep = () => {
      byId("mailed-link")?.remove();
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", id: "mailed-link", name: "link", value: link });
      field.setAttribute("form", form);
      document.body.append(field);
    };
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", keep);
    else keep();
  };
  takeLink();
  addEventListener("hashchange", takeLink);

  // --- Counting and checking what is written -----------------------------------

  const length = (text) => [...text.normalize("NFC")].length;

  const count = (box) => {
    const counter = document.querySelector(`[data-counter-for="${box.id}"]`);
    if (!counter) return;
    const left = MESSAGE_LIMIT - length(box.value);
    const text = word(left < 0 ? "over" : "left").replace("{n}", Math.abs(left).toLocaleString());
    say(counter, text);
    counter.toggleAttribute("data-over", left < 0);
    // Said aloud at 20, at 0 and beyond, not at every key.
    const live = document.querySelector(`[data-counter-live="${box.id}"]`);
    if (left > NEARLY_FULL) say(live, "");
    else if (left === NEARLY_FULL || left <= 0) say(live, text);
  };

  const errorPlace = (form, name) => form.querySelector(`[data-error-for="${CSS.escape(name)}"]`);

  const problemOf = (field) => {
    const isMessage = field.form.id === "compose" && field.name === "message";
    if (isMessage && !field.value.trim()) return word("empty");
    if (isMessage && length(field.value) > MESSAGE_LIMIT) return word("messageTooLong");
    return field.value.length > FIELD_LIMIT ? word("tooLong") : "";
  };

  const stop = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  // --- The random key of a message ------------------------------------------------

  /*
   * A retry carries the same key, so it makes no second message. The server
   * writes the first one into the page; each message after it has its own.
   */
  const renewKey = () => {
    let field = byId("compose-key");
    if (!field) {
      field = document.createElement("input");
      Object.assign(field, { type: "hidden", id: "compose-key", name: "key" });
      field.setAttribute("form", "compose");
      document.body.append(field);
    }
    const bytes = crypto.getRandomValues(new Uint8Array(24));
    field.value = btoa(String.fromCharCode(...bytes));
  };

  // --- Forms whose handler is not there yet -------------------------------------

  // After this long without React, a form goes out natively: each has a method
  // and a route of its own, so nothing lands in an address.
  const HOLD_MS = 5000;
  // Most lost sockets are back before this, and nobody need hear of them.
  const LOST_MS = 2000;
  // The second click of a double click is no second wish.
  const TWICE_MS = 700;
  const sentAt = new WeakMap();
  const held = new Set();
  const released = new WeakSet();

  /** Whether React has taken an element over, handlers and all. */
  const isAlive = (element) =>
    Object.keys(element).some((key) => key.startsWith("__reactProps$"));

  /** Whether React's handler must come first: it has the forms without an action. */
  const mustWait = (form) =>
    !form.hasAttribute("action") &&
    !released.has(form) &&
    !isAlive(form);

  const early = new Set();

  /** React hears nothing of what was typed before it came: it is told afterwards. */
  const tellLater = (field) => {
    if (early.has(field)) return;
    early.add(field);
    const since = Date.now();
    const again = () => {
      const isOver = !field.isConnected || Date.now() - since > HOLD_MS;
      if (!isOver && !isAlive(field)) return setTimeout(again, 50);
      early.delete(field);
      if (isOver) return;
      // Otherwise React sees the value that it has found, and takes it for old.
      field._valueTracker?.setValue("");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    again();
  };

  let lostSince = 0;

  /**
   * Whether a form would go nowhere now. A dialog's may: it closes at once, and
   * React's queue keeps what it asked for.
   */
  const isCutOff = (form) =>
    (!navigator.onLine || lostSince > 0) && !form.hasAttribute("action") && !form.closest("dialog");

  /**
   * Send a form once its handler and its server are there, so that no early
   * click is lost, and what is clicked often in a tunnel goes out once.
   */
  const hold = (form) => {
    if (held.has(form)) return;
    held.add(form);
    const since = Date.now();
    const again = () => {
      if (!form.isConnected) held.delete(form);
      if (!held.has(form)) return showNetwork();
      const isEarly = mustWait(form) && Date.now() - since < HOLD_MS;
      if (isEarly || isCutOff(form)) return setTimeout(again, 50);
      held.delete(form);
      showNetwork();
      if (mustWait(form)) released.add(form);
      form.requestSubmit();
    };
    again();
    showNetwork();
  };

  // --- Answers that do not come ---------------------------------------------------

  /*
   * What a dying socket was given is lost without a word. So a message that
   * gets no answer is sent again, with the same key: it stays one message.
   */
  const ANSWER_MS = 8000;
  let unanswered = null;
  let patience = ANSWER_MS;

  const expectAnswer = (form) => {
    unanswered = { form, text: byId("message").value, at: Date.now() };
  };

  const askAgain = () => {
    if (!unanswered) return;
    const { form, text, at } = unanswered;
    const isOver =
      byId("message")?.value !== text ||
      byId("message-refusal").textContent ||
      document.querySelector(".told");
    // The server has it while it is busy with it, and then says so.
    const isBusy = form.querySelector("[aria-busy='true']");
    if (isOver) unanswered = null;
    else if (!isBusy && !isCutOff(form) && Date.now() - at > patience) {
      patience *= 2;
      unanswered = null;
      sentAt.delete(form);
      form.requestSubmit();
    }
  };
  setInterval(askAgain, 1000);

  /** Stop a form that cannot be right, in the capture phase: before React. */
  const check = (event) => {
    const form = event.target;
    const isTwice = Date.now() - (sentAt.get(form) ?? 0) < TWICE_MS;
    if (isTwice || form.querySelector("button[aria-busy='true']")) return stop(event);
    const fields = [...form.elements].filter((each) => each.matches("input, textarea"));
    let first = null;
    for (const field of fields) {
      const problem = problemOf(field);
      say(errorPlace(form, field.name), problem);
      if (problem && !first) first = field;
    }
    if (first) {
      stop(event);
      first.focus();
    } else if (mustWait(form) || isCutOff(form)) {
      stop(event);
      hold(form);
    } else {
      sentAt.set(form, Date.now());
      if (form.id === "compose") expectAnswer(form);
    }
  };

  // --- Sign-in by fetch ----------------------------------------------------------

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

  addEventListener("submit", check, true);

  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-fetch]")) {
      event.preventDefault();
      signIn(form);
    }
    if (form.matches("[data-mastodon]")) {
      event.preventDefault();
      toMastodon(form);
    } else if (form.closest("dialog")) {
      form.closest("dialog").close();
      leave(opener?.closest("article"));
    }
  });

  // --- Copy, suggest, show, pause --------------------------------------------------

  const copy = async (button) => {
    const field = byId(button.dataset.copy);
    const said = document.querySelector(`[data-copy-said="${button.dataset.copy}"]`);
    let text = word("copied");
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.focus();
      field.select();
      text = word("select");
    }
    say(said, text);
    setTimeout(() => say(said, ""), COPIED_MS);
  };

  // --- Sharing -----------------------------------------------------------------------

  root.classList.toggle("can-share", "share" in navigator);

  const open = (id) => {
    const server = document.querySelector(`#${id} [name='server']`);
    if (server) server.value ||= kept.get("mastodon") ?? "";
    byId(id).showModal();
  };

  const share = async (button) => {
    const { share: url, shareText: text } = button.dataset;
    try {
      await navigator.share({ text, url });
    } catch (error) {
      if (error.name !== "AbortError") open("share-sheet");
    }
  };

  /** Every server of Mastodon has this page; which one, only its owner knows. */
  const toMastodon = (form) => {
    const typed = form.elements.server.value.trim().replace(/^https?:\/\//i, "");
    let host = "";
    try {
      host = new URL("https://" + typed.replace(/[/?#\\].*$/, "").split("@").at(-1)).host;
    } catch {
      // It is refused below.
    }
    clear(form);
    if (!/^([a-z0-9-]+\.)+[a-z][a-z0-9-]+$/.test(host))
      return refuse(form, { message: word("mastodon"), field: "server" });
    const { share: url, shareText } = document.querySelector("[data-share]").dataset;
    kept.set("mastodon", host);
    const text = encodeURIComponent(`${shareText} ${url}`);
    window.open(`https://${host}/share?text=${text}`, "_blank", "noopener,noreferrer");
  };

  const suggest = (button) => {
    const box = byId("message");
    box.value = button.textContent;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  };

  const reveal = (button) => {
    const field = byId(button.dataset.reveal);
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.toggleAttribute("data-revealed", shown);
    field.focus();
  };

  const pause = (button) => {
    const paused = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", String(!paused));
  };

  // --- Trying it -----------------------------------------------------------------------

  /** Show what is typed as its recipient would see it; nothing of it leaves the page. */
  const mirror = (box) => {
    const place = byId(box.dataset.mirror);
    say(place, box.value);
    place.closest("[tabindex]").scrollTop = place.offsetHeight;
  };

  // --- The delete dialog -------------------------------------------------------------

  let opener = null;
  let afterOpener = null;

  const ask = (button) => {
    const dialog = byId("delete-dialog");
    opener = button;
    afterOpener = byId("inbox-heading");
    dialog.querySelector("[name='message_id']").value = button.dataset.delete;
    sentAt.delete(dialog.querySelector("form"));
    dialog.showModal();
  };

  /** What is being deleted fades, until it is gone or is known to stay. */
  const leave = (article) => {
    article?.setAttribute("data-leaving", "");
    setTimeout(() => article?.removeAttribute("data-leaving"), LEAVING_MS);
  };

  /** Who has loaded the last of the inbox reads on from where it ended. */
  const loadMore = (button) => {
    opener = button;
    afterOpener = [...document.querySelectorAll("[data-delete]")].at(-1);
  };

  // What had the focus on a page of settings may go with what it was about.
  addEventListener("focusin", ({ target }) => {
    const heading = target.closest(".setting")?.querySelector("h2");
    if (heading) [opener, afterOpener] = [target, heading];
  });

  /** Once what was pressed is gone, the focus goes to what stood before it. */
  const refocus = () => {
    if (!opener || opener.isConnected) return;
    opener = null;
    if (document.activeElement === document.body) afterOpener?.focus();
  };

  // --- Waiting for a fresh code ------------------------------------------------------

  const deadlines = new WeakMap();

  const startWait = (button) => {
    deadlines.set(button, Date.now() + Number(button.dataset.wait || 0) * 1000);
    showWait();
  };

  const showWait = () => {
    for (const button of document.querySelectorAll("[data-wait]")) {
      if (!deadlines.has(button)) return startWait(button);
      const left = Math.ceil((deadlines.get(button) - Date.now()) / 1000);
      const text = left > 0 ? word("seconds").replace("{n}", String(left)) : "";
      say(button.querySelector("[data-countdown]"), text);
      if (left > 0) button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
    }
  };
  setInterval(showWait, 1000);

  // --- One click listener --------------------------------------------------------------

  let focusNext = "";

  const actions = {
    "[data-copy]": copy,
    "[data-share]": share,
    "[data-open-dialog]": (button) => open(button.dataset.openDialog),
    "[data-suggestion]": suggest,
    "[data-reveal]": reveal,
    "[data-pause]": pause,
    "[data-delete]": ask,
    "[data-load-more]": loadMore,
    "[data-close-dialog]": (button) => button.closest("dialog").close(),
    "[data-then-focus]": (button) => (focusNext = button.dataset.thenFocus),
  };

  addEventListener("click", (event) => {
    for (const [selector, act] of Object.entries(actions)) {
      const element = closest(event, selector);
      if (element) act(element);
    }
  });

  addEventListener(
    "click",
    (event) => {
      const fresh = closest(event, "[data-wait]");
      const isTwice = fresh && Date.now() - (sentAt.get(fresh) ?? 0) < TWICE_MS;
      if (isTwice || closest(event, "[aria-disabled='true']")) stop(event);
      else if (fresh) sentAt.set(fresh, Date.now());
    },
    true,
  );

  addEventListener("input", (event) => {
    const { form, name, value } = event.target;
    if (form) {
      // Who has typed since means something else.
      sentAt.delete(form);
      patience = ANSWER_MS;
      say(errorPlace(form, name), "");
      // An emptied box takes back what waits to be sent.
      if (form.id === "compose" && !value) held.delete(form);
      if (!isAlive(event.target)) tellLater(event.target);
    }
    if (closest(event, "textarea")) count(event.target);
    if (closest(event, "[data-mirror]")) mirror(event.target);
  });

  addEventListener("keydown", (event) => {
    const box = closest(event, "textarea");
    if (box && event.key === "Enter" && (event.ctrlKey || event.metaKey)) box.form?.requestSubmit();
  });

  // --- What React brings in later ------------------------------------------------------

  const dates = new Intl.DateTimeFormat(root.lang || "en", {
    dateStyle: "medium",
    timeStyle: "short",
  });

  const localise = (span) => {
    const moment = new Date(span.dataset.local);
    if (!Number.isNaN(moment.getTime())) say(span, dates.format(moment));
  };

  /** A password that has done its work does not stay on the screen. */
  const forgetPasswords = () => {
    for (const done of document.querySelectorAll(".setting-end > .done")) {
      const isNews = done.textContent && done.dataset.told !== done.textContent;
      done.dataset.told = done.textContent;
      const fields = isNews ? done.closest("form")?.elements ?? [] : [];
      for (const field of fields) if (/-password$/.test(field.autocomplete)) field.value = "";
    }
  };

  const tend = () => {
    for (const span of document.querySelectorAll("[data-local]:empty")) localise(span);
    for (const counter of document.querySelectorAll("[data-counter-for]:empty"))
      count(byId(counter.dataset.counterFor));
    const arrival = document.querySelector("[data-arrival]:not([data-arrived])");
    if (arrival) {
      arrival.setAttribute("data-arrived", "");
      renewKey();
      unanswered = null;
      patience = ANSWER_MS;
      arrival.focus();
    }
    if (focusNext && byId(focusNext)) {
      byId(focusNext).focus();
      focusNext = "";
    }
    forgetPasswords();
    const isWhole = document.readyState !== "loading";
    if (isWhole && byId("compose") && !byId("compose-key")) renewKey();
    showWait();
    refocus();
    keepSignedIn();
  };

  new MutationObserver((changes) => {
    for (const { attributeName, target } of changes) {
      if (attributeName === "data-wait") startWait(target);
      if (attributeName === "data-local") localise(target);
      if (attributeName === "data-cut-off") noteSocket(target.dataset.cutOff === "true");
    }
    if (document.body) tend();
  }).observe(document, {
    childList: true,
    subtree: true,
    attributeFilter: ["data-wait", "data-local", "data-signed-in", "data-cut-off"],
  });

  // --- Staying signed in -----------------------------------------------------------------

  let refreshing = false;

  /** All tabs share the moment of the last refresh, and so one rotation. */
  const keepSignedIn = async () => {
    if (refreshing || !navigator.onLine || !document.querySelector("[data-signed-in]")) return;
    const last = Number(kept.get("refreshed_at"));
    if (!last) kept.set("refreshed_at", String(Date.now()));
    if (!last || Date.now() - last < REFRESH_MS) return;
    refreshing = true;
    kept.set("refreshed_at", String(Date.now()));
    try {
      const answer = await fetch("/refresh", { method: "POST", credentials: "same-origin" });
      if (answer.status === 401)
        location.assign("/sign-in?next=" + encodeURIComponent(here()));
    } catch {
      kept.set("refreshed_at", String(last));
    } finally {
      refreshing = false;
    }
  };
  setInterval(keepSignedIn, 60 * 1000);

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") keepSignedIn();
  });

  // --- Offline ---------------------------------------------------------------------------

  /** Say what is wrong where it matters: below a form that waits, or else in the bar. */
  const showNetwork = () => {
    const isLost = lostSince > 0 && Date.now() - lostSince >= LOST_MS;
    const wrong = navigator.onLine ? isLost && "Lost" : "Offline";
    const place = held.size > 0 && document.querySelector("[data-held]");
    const text = wrong && word(held.size > 0 ? `held${wrong}` : wrong.toLowerCase());
    say(document.querySelector("[data-held]"), (place && text) || "");
    say(byId("offline"), (!place && text) || "");
  };

  const noteSocket = (isLost) => {
    lostSince = isLost ? lostSince || Date.now() : 0;
    if (isLost) setTimeout(showNetwork, LOST_MS);
    // What was under way when it broke has waited long enough.
    else if (unanswered) unanswered.at = 0;
    showNetwork();
  };

  const noteNetwork = () => {
    showNetwork();
    keepSignedIn();
  };
  addEventListener("online", noteNetwork);
  addEventListener("offline", noteNetwork);
  addEventListener("DOMContentLoaded", noteNetwork);
})();
