/*
 * What waits until the page is on the screen: React's modules, and what lies below the
 * home page's first screen.
 *
 * Compiling and running the modules takes longer than painting what the HTML already
 * shows. So the server disables them in the page, and we enable them: after the first
 * paint, or soon after the page is parsed where nothing is painted, such as in a tab in
 * the background.
 */

// Browsers that don't report paints, or report none for a page that nobody sees.
const PAINTED_WITHIN_MS = 500;

let isStarted = false;

const startModules = () => {
  const disabled = document.querySelector("script[data-modules]");
  if (isStarted || !disabled) return;
  isStarted = true;
  // All at once: the script itself would only find the others one after another.
  for (const link of document.querySelectorAll('link[rel="modulepreload"]'))
    link.removeAttribute("media");
  const modules = document.createElement("script");
  modules.type = "module";
  modules.textContent = disabled.textContent;
  document.body.append(modules);
  // It runs all the same, and React finds the page as it rendered it.
  modules.remove();
};

const onPainted = () => {
  mark("painted", true);
  if (document.readyState !== "loading") startModules();
};

// Someone who is led to a place further down, or back to one, needs all of it at once.
const [visit] = performance.getEntriesByType("navigation");
if (location.hash || visit?.type !== "navigate") mark("painted", true);

// The first paint of all may show nothing but the background.
const CONTENT = "first-contentful-paint";

try {
  new PerformanceObserver((list, observer) => {
    if (list.getEntriesByName(CONTENT).length === 0) return;
    observer.disconnect();
    onPainted();
  }).observe({ type: "paint", buffered: true });
} catch {
  // It goes on without a report, too.
}

addEventListener("DOMContentLoaded", () => {
  const isSeen = document.visibilityState !== "hidden";
  const [paint] = performance.getEntriesByName(CONTENT);
  if (isSeen && !paint) setTimeout(onPainted, PAINTED_WITHIN_MS);
  else onPainted();
});
