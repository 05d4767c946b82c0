/*
 * Uses the typeface if this browser has it (`app/typeface.js`).
 *
 * It runs in the head, because browsers hold the first paint for a font that is
 * asked for there, and removes itself before React looks for its own scripts.
 */
try {
  if (localStorage.getItem("lettered") === "yes") {
    document.documentElement.classList.add("lettered");
    document.fonts.load('1em "anonmsg Serif"');
  }
} catch {
  // Without storage there's the system's own serif.
}
document.currentScript.remove();
