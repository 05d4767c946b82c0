/* Counts, in the tab's title, the messages that arrived while nobody looked at the tab. */

let counted = 0;
let unseen = 0;

const showUnseen = () => {
  const title = withCount(document.title, unseen);
  if (document.title !== title) document.title = title;
};

/** Note how many messages have arrived since the page was opened. */
const noteArrivals = (element) => {
  const arrived = Number(element.dataset.arrived);
  if (document.visibilityState === "hidden") unseen += Math.max(0, arrived - counted);
  counted = arrived;
  showUnseen();
};

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible") return;
  unseen = 0;
  showUnseen();
});
