/* Marks, in a page's list of its own sections, the one that is being read. */

/** Return the position of the section at a line of the window; the last one wins at the end. */
const sectionAt = (tops, line, isAtEnd) => {
  const passed = tops.filter((top) => top <= line).length;
  return isAtEnd ? tops.length - 1 : Math.max(0, passed - 1);
};

const markSection = () => {
  const links = [...document.querySelectorAll("[data-sections] a")];
  const sections = links.map((link) => byId(link.hash.slice(1)));
  if (!links.length || sections.includes(null)) return;
  const tops = sections.map((section) => section.getBoundingClientRect().top);
  const isAtEnd = innerHeight + scrollY >= root.scrollHeight - 1 && scrollY > 0;
  const current = sectionAt(tops, innerHeight / 3, isAtEnd);
  links.forEach((link, place) => {
    if (place === current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
};

for (const name of ["scroll", "resize", "load"]) addEventListener(name, markSection, { passive: true });
