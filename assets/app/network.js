/* Reports a lost connection. */

/** Show what is wrong: below a form that is being held, otherwise in the bar. */
const showNetwork = () => {
  const isHeld = held.size > 0;
  const isLost = isLongLost(lostSince, Date.now());
  const text = word(networkWord({ isOnline: navigator.onLine, isLost, isHeld }));
  const place = isHeld && document.querySelector("[data-held]");
  say(document.querySelector("[data-held]"), place ? text : "");
  say(byId("offline"), place ? "" : text);
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
