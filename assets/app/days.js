/* Day headings between messages, and how long ago each came. */

const MINUTE_MS = 60 * 1000;

let days = null;
let agos = null;
let areDaysDue = false;

const dayName = (moment, now) => {
  const name = dayWord(moment, now);
  if (name) return word(name);
  days ??= new Intl.DateTimeFormat(root.lang || "en", { dateStyle: "full" });
  return days.format(moment);
};

/** Give the first message of each day its heading, and take it from all others. */
const showDays = () => {
  areDaysDue = false;
  const now = new Date();
  let last = "";
  for (const heading of document.querySelectorAll("[data-day-of]")) {
    const moment = new Date(heading.dataset.dayOf);
    const day = moment.toDateString();
    say(heading, day === last || Number.isNaN(moment.getTime()) ? "" : dayName(moment, now));
    last = day;
  }
};

/** Show how long ago a message came. */
const showAgo = (span, now) => {
  const moment = new Date(span.dataset.ago);
  if (Number.isNaN(moment.getTime())) return;
  agos ??= new Intl.RelativeTimeFormat(root.lang || "en", { numeric: "auto" });
  const [amount, unit] = agoOf(now - moment.getTime());
  say(span, unit ? agos.format(-amount, unit) : word("justNow"));
  // The exact time shows on hover.
  const exact = span.parentElement.querySelector("[data-local]");
  if (exact?.textContent) span.parentElement.title = exact.textContent;
};

const showTimes = (selector = "[data-ago]") => {
  for (const span of document.querySelectorAll(selector)) showAgo(span, Date.now());
};

/** Bring headings and times up to date once the page has changed. */
const syncDays = () => {
  showTimes("[data-ago]:empty");
  if (areDaysDue || !document.querySelector("[data-day-of]")) return;
  areDaysDue = true;
  requestAnimationFrame(showDays);
};

setInterval(() => {
  showTimes();
  syncDays();
}, MINUTE_MS);
