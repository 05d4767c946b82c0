/* Tells the stylesheet how much of the page a phone's keyboard covers. */

/** Return the height at the bottom that a keyboard covers; a zoomed page says nothing of one. */
const coveredBelow = (pageHeight, { height, offsetTop, scale }) =>
  scale > 1 ? 0 : Math.max(0, Math.round(pageHeight - height - offsetTop));

const seen = window.visualViewport;

const showCovered = () =>
  root.style.setProperty("--covered", `${coveredBelow(window.innerHeight, seen)}px`);

for (const name of ["resize", "scroll"]) seen?.addEventListener(name, showCovered);
