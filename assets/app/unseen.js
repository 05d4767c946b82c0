/* Shows, in the tab's title, how many messages are unread; and leads up to new ones. */

let counted = 0;
let above = 0;

const showUnread = (element) => {
  const title = withCount(document.title, Number(element.dataset.unreadTotal) || 0);
  if (document.title !== title) document.title = title;
};

/** Whether somebody is reading further down, where nothing may move. */
const isFurtherDown = () => (byId("messages")?.getBoundingClientRect().top ?? 0) < 0;

// A message on the screen, and where it was: not every browser keeps it there by itself.
let anchor = null;

const ROWS_PX = [80, 140, 200, 260, 320];

const noteAnchor = () => {
  const across = (byId("messages")?.getBoundingClientRect().left ?? 0) + 40;
  const found = ROWS_PX.map((y) => document.elementFromPoint(across, y)?.closest("article"));
  const article = found.find(Boolean);
  const top = article?.getBoundingClientRect().top;
  anchor = article && { article, top, scrolled: scrollY };
};

/** Move nothing for somebody further down when messages come or go above. */
const keepPlace = () => {
  if (!anchor?.article.isConnected || !isFurtherDown()) return noteAnchor();
  const expected = anchor.top - (scrollY - anchor.scrolled);
  const moved = anchor.article.getBoundingClientRect().top - expected;
  if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: "instant" });
  noteAnchor();
};

const showPill = () => {
  const pill = byId("arrivals-pill");
  if (!pill) return;
  pill.hidden = above === 0;
  const sentence = word(above === 1 ? "newMessage" : "newMessages").replace("{n}", above);
  if (above > 0) say(pill.querySelector("[data-pill]"), sentence);
};

/** Note how many messages have arrived since the page was opened. */
const noteArrivals = (element) => {
  const arrived = Number(element.dataset.arrived);
  if (isFurtherDown()) above += Math.max(0, arrived - counted);
  counted = arrived;
  showPill();
};

const goToTop = () => {
  above = 0;
  showPill();
  byId("inbox-heading").focus({ preventScroll: true });
  byId("inbox-heading").scrollIntoView({ block: "start" });
};

addEventListener(
  "scroll",
  () => {
    if (!byId("messages")) return;
    noteAnchor();
    if (above === 0 || isFurtherDown()) return;
    above = 0;
    showPill();
  },
  { passive: true },
);
