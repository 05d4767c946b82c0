/*
 * Sends forms by their native POST where no WebSocket can be had.
 *
 * React's handlers need Reflex's socket, which a proxy or a firewall may refuse,
 * swallow or close at once. A form with `data-native` also has a route, so it goes
 * there as soon as the server answers HTTP and no socket. The retry key goes with
 * it, so a message that also came through a socket is stored once.
 */

// When the last socket fell silent; 0 while the server is heard.
let silentSince = Date.now();
// Since when the one that is heard now has been heard.
let heardSince = 0;
// Sockets in a row that were heard and then soon broke.
let breaks = 0;
// When the network last changed: a socket needs a moment to come back after that.
let networkSince = Date.now();
let wasReachable = true;
// Whether pages come, but no socket.
let isBlocked = false;
const gone = new WeakSet();

const noteHeard = () => {
  silentSince = 0;
  heardSince = Date.now();
  isBlocked = false;
  showNetwork();
};

const noteBroken = (wasMeant) => {
  const isSoon = !isSteady(heardSince, Date.now());
  if (!wasMeant && navigator.onLine) breaks = isSoon ? breaks + 1 : 1;
  silentSince = Date.now();
  heardSince = 0;
};

/** Note when a socket of Reflex's is first heard, and when it ends. */
const watch = (socket) => {
  let isHeard = false;
  socket.addEventListener("message", () => {
    if (!isHeard) noteHeard();
    isHeard = true;
  });
  socket.addEventListener("close", () => {
    if (isHeard) noteBroken(socket.isLeft);
    isHeard = false;
  });
};

// This script runs before React's, whose client takes the constructor from here.
if (window.WebSocket) {
  window.WebSocket = class extends window.WebSocket {
    constructor(...given) {
      super(...given);
      if (String(given[0]).includes("/_event")) watch(this);
    }

    close(...given) {
      this.isLeft = true;
      super.close(...given);
    }
  };
}

const hasNoSocket = () => isWithoutSocket({ silentSince, networkSince, breaks }, Date.now());

const isNative = (form) => form.matches("[data-native]");

/** Whether the server answers plain HTTP right now. */
const isReachable = async () => {
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), SOCKET_MS);
  try {
    const answer = await fetch("/healthz", {
      cache: "no-store",
      credentials: "omit",
      signal: waiting.signal,
    });
    return answer.ok;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
};

/** Let the browser submit a form; this fires no submit event, so React never sees it. */
const goNatively = (form) => {
  held.delete(form);
  gone.add(form);
  const signUp = form.elements.namedItem("sign_up");
  if (signUp) signUp.value = kept.get("sign_up") ?? "";
  HTMLFormElement.prototype.submit.call(form);
};

/** Ask for another code, which is a button of its own where there's a socket. */
const resendNatively = () => {
  const form = byId("verify-form");
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "resend", value: "yes" });
  form.append(field);
  goNatively(form);
  field.remove();
};

const notePossible = (isPossible) => {
  if (!isPossible || !wasReachable) networkSince = Date.now();
  if (!isPossible) breaks = 0;
  wasReachable = isPossible;
  isBlocked = isPossible && hasNoSocket();
};

let nextLook = 0;

/** Find out whether only the socket is missing, and if so send what is being held. */
const lookForServer = async () => {
  if (isSteady(heardSince, Date.now())) breaks = 0;
  const isWanted = held.size > 0 || !document.hidden;
  if (!hasNoSocket() || !navigator.onLine || !isWanted) return;
  if (Date.now() < nextLook) return;
  nextLook = Date.now() + (held.size ? SOCKET_MS / 3 : LOOK_MS);
  notePossible(await isReachable());
  showNetwork();
  if (isBlocked && navigator.onLine) [...held].filter(isNative).forEach(goNatively);
};
setInterval(lookForServer, 250);

/** Send a held form as soon as it's clear that it can't go through a socket. */
const lookAtOnce = () => {
  nextLook = 0;
  lookForServer();
};

const noteChange = () => {
  networkSince = Date.now();
  breaks = 0;
};
for (const name of ["online", "offline"]) addEventListener(name, noteChange);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") noteChange();
});

addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  noteChange();
  // Someone came back to a form that had been sent.
  for (const form of document.forms) gone.delete(form);
});
