/* Durations and decisions that depend on time; nothing here touches the DOM. */

const COPIED_MS = 3000;
// A press that is older than this may no longer open the device's share sheet.
const PICTURE_MS = 3000;
// A browser has read a file that it saves by then.
const SAVED_MS = 60 * 1000;
const LEAVING_MS = 4000;
const REFRESH_MS = 10 * 60 * 1000;
const ANSWER_MS = 8000;
// After this long without React, a form is submitted natively. Each one has a
// method and a route, so nothing ends up in a URL.
const HOLD_MS = 5000;
// Most lost sockets reconnect within this time, and nobody needs to know.
const LOST_MS = 2000;
// A form waits this long for a socket, then goes by its native POST.
const SOCKET_MS = 3000;
// A socket that lived this long works, whatever ended it.
const STEADY_MS = 10 * 1000;
const MOST_BREAKS = 3;
// How often a page without a socket asks whether the server is there.
const LOOK_MS = 10 * 1000;
// A second press within this time counts as a double click.
const TWICE_MS = 700;
// Two taps of one finger lie closer together than that.
const NEAR_PX = 24;

/** Whether a press follows another so soon that it's a double click. */
const isTwice = (last, now) => now - (last ?? 0) < TWICE_MS;

/**
 * Whether a click is the second of a double click. A mouse counts its clicks, not every
 * touch screen does, and the Enter key has none.
 */
const isSecondClick = ({ detail, isMouse, elapsed, distance }) =>
  detail > 1 || (detail > 0 && !isMouse && elapsed < TWICE_MS && distance < NEAR_PX);

/** Return how many seconds are left, rounded up. */
const secondsLeft = (deadline, now) => Math.ceil((deadline - now) / 1000);

/** Whether it's time to refresh the session; 0 means none recorded. */
const isRefreshDue = (last, now) => last !== 0 && now - last >= REFRESH_MS;

/** Whether a socket has been lost long enough to report; 0 means connected. */
const isLongLost = (since, now) => since > 0 && now - since >= LOST_MS;

/** Whether a socket has been heard long enough to rely on; 0 means it isn't heard. */
const isSteady = (since, now) => since > 0 && now - since >= STEADY_MS;

/**
 * Whether a page has to do without a socket: none is heard for a while, in which
 * the network didn't change, or they break as soon as they're heard.
 */
const isWithoutSocket = ({ silentSince, networkSince, breaks }, now) =>
  breaks >= MOST_BREAKS ||
  (silentSince > 0 && now - Math.max(silentSince, networkSince) >= SOCKET_MS);

/** Return the key of the sentence that says what is wrong with the network, or "". */
const networkWord = ({ isOnline, isLost, isHeld, isBlocked, needsSocket }) => {
  if (isOnline && isBlocked) return needsSocket ? "blocked" : "noSocket";
  if (isOnline && !isLost) return isHeld ? "sending" : "";
  if (isHeld) return isOnline ? "heldLost" : "heldOffline";
  return isOnline ? "lost" : "offline";
};

const SEEN_MS = 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
const AGO_UNITS = [
  ["day", DAY_MS],
  ["hour", 60 * 60 * 1000],
  ["minute", 60 * 1000],
];

/** Return how long a time is in the largest unit it fills, rounded down; no unit for seconds. */
const agoOf = (elapsed) => {
  const [unit, length] = AGO_UNITS.find(([, each]) => elapsed >= each) ?? ["", 1];
  return [Math.floor(elapsed / length), unit];
};

/** Return the key of the word for a day, such as "today", or "" for one that needs its date. */
const dayWord = (moment, now) => {
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (moment.toDateString() === now.toDateString()) return "today";
  return moment.toDateString() === yesterday.toDateString() ? "yesterday" : "";
};
