/*
 * Marks messages as read that were on the screen for a second.
 *
 * Half of a message counts, or as much as fits on the screen. What the owner has marked as
 * unread stays so until the page is opened again.
 */

const TOGETHER_MS = 400;
const stayUnread = new Set();
const onScreen = new Map();
const readNow = new Set();
let isTold = false;

const tellSeen = () => {
  isTold = false;
  const button = byId("seen");
  const ids = [...readNow].slice(0, 200);
  if (!button || ids.length === 0) return;
  button.dataset.ids = ids.join(" ");
  for (const id of ids) readNow.delete(id);
  button.click();
};

const noteSeen = (id) => {
  onScreen.delete(id);
  if (document.visibilityState === "hidden" || stayUnread.has(id)) return;
  readNow.add(id);
  // Several messages are one event.
  if (!isTold) setTimeout(tellSeen, TOGETHER_MS);
  isTold = true;
};

const isLargeEnough = ({ isIntersecting, intersectionRatio, intersectionRect, rootBounds }) =>
  isIntersecting &&
  (intersectionRatio >= 0.5 || intersectionRect.height >= (rootBounds?.height ?? innerHeight) / 2);

const reader = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      const id = entry.target.dataset.messageId;
      clearTimeout(onScreen.get(id));
      onScreen.delete(id);
      if (isLargeEnough(entry) && entry.target.dataset.unread === "true")
        onScreen.set(id, setTimeout(noteSeen, SEEN_MS, id));
    }
  },
  { threshold: [0, 0.25, 0.5, 0.75, 1] },
);

const watched = new WeakSet();

/** Look out for the unread messages that have been added. */
const watchUnread = () => {
  for (const article of document.querySelectorAll("article[data-unread='true']")) {
    if (watched.has(article)) continue;
    watched.add(article);
    reader.observe(article);
  }
};

// A tab that is looked at again begins anew.
document.addEventListener("visibilitychange", () => {
  for (const article of document.querySelectorAll("article[data-unread='true']")) {
    reader.unobserve(article);
    reader.observe(article);
  }
});
