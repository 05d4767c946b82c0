/* The countdown until a new code can be requested. */

const deadlines = new WeakMap();

const startWait = (button) => {
  deadlines.set(button, Date.now() + Number(button.dataset.wait || 0) * 1000);
  showWait();
};

const showWait = () => {
  for (const button of document.querySelectorAll("[data-wait]")) {
    if (!deadlines.has(button)) return startWait(button);
    const left = secondsLeft(deadlines.get(button), Date.now());
    const text = left > 0 ? word("seconds").replace("{n}", String(left)) : "";
    say(button.querySelector("[data-countdown]"), text);
    if (left > 0) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
};
setInterval(showWait, 1000);
