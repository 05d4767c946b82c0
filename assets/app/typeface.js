/*
 * The typeface of the headings.
 *
 * A first visit loads none. The first press or key after hydration asks for it, so it
 * delays no script, and only into the browser's cache: pages use it from the next one on
 * (`lettered.js`), so that no word ever moves. Whoever saves data, or has no storage to
 * note it in, keeps the system's own serif.
 */

const PRESSES = ["pointerdown", "keydown"];

mark("lettered", kept.get("lettered") === "yes");

const loadTypeface = async (event) => {
  // Whoever tries the demo is promised that nothing leaves the page.
  if (!isAlive(byId("content")) || closest(event, "[data-mirror]")) return;
  for (const kind of PRESSES) removeEventListener(kind, loadTypeface);
  try {
    const loaded = await document.fonts.load('1em "anonmsg Serif"');
    if (loaded.length) kept.set("lettered", "yes");
  } catch {
    // The next page tries again.
  }
};

if (!marks.has("lettered") && !navigator.connection?.saveData && !forgetful.has("localStorage"))
  for (const kind of PRESSES) addEventListener(kind, loadTypeface);
