/* How long things take and what the time tells; nothing here knows the page. */

const COPIED_MS = 3000;
const LEAVING_MS = 4000;
const REFRESH_MS = 10 * 60 * 1000;
const ANSWER_MS = 8000;
// After this long without React, a form goes out natively: each has a method
// and a route of its own, so nothing lands in an address.
const HOLD_MS = 5000;
// Most lost sockets are back before this, and nobody need hear of them.
const LOST_MS = 2000;
// The second click of a double click is no second wish.
const TWICE_MS = 700;

/** Whether a press follows another one so soon that it is the same wish. */
const isTwice = (last, now) => now - (last ?? 0) < TWICE_MS;

/** How many seconds are left, the one that has begun included. */
const secondsLeft = (deadline, now) => Math.ceil((deadline - now) / 1000);

/** Whether it is time to refresh the session; 0 is no moment at all. */
const isRefreshDue = (last, now) => last !== 0 && now - last >= REFRESH_MS;

/** Whether a socket has been lost long enough to be told of; 0 is a socket that is there. */
const isLongLost = (since, now) => since > 0 && now - since >= LOST_MS;

/** Which sentence says what is wrong with the network; "" if nothing is. */
const networkWord = ({ isOnline, isLost, isHeld }) => {
  if (isOnline && !isLost) return "";
  if (isHeld) return isOnline ? "heldLost" : "heldOffline";
  return isOnline ? "lost" : "offline";
};
