/* Reports a lost connection. */

/** Show what is wrong: below a form that is being held, otherwise in the bar. */
const showNetwork = () => {
  const isHeld = held.size > 0;
  const isLost = isLongLost(lostSince, Date.now());
  // A page without native forms says in its own place that it can't work.
  const alarm = document.querySelector("[data-needs-socket]");
  const isOnline = navigator.onLine;
  const name = networkWord({ isOnline, isLost, isHeld, isBlocked, needsSocket: Boolean(alarm) });
  const under = isHeld ? document.querySelector("[data-held]") : null;
  const place = name === "blocked" ? alarm : under ?? byId("offline");
  root.classList.toggle("is-blocked", name === "blocked");
  for (const each of [alarm, document.querySelector("[data-held]"), byId("offline")])
    say(each, each === place ? word(name) : "");
};

const noteSocket = (isLost) => {
  lostSince = isLost ? lostSince || Date.now() : 0;
  if (isLost) setTimeout(showNetwork, LOST_MS);
  // A message sent before the socket was lost is retried now.
  else if (unanswered) unanswered.at = 0;
  showNetwork();
};

const noteNetwork = () => {
  showNetwork();
  keepSignedIn();
};
addEventListener("online", noteNetwork);
addEventListener("offline", noteNetwork);
addEventListener("DOMContentLoaded", noteNetwork);
