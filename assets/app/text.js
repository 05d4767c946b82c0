/* What is written, as it is counted and judged; nothing here knows the page. */

const MESSAGE_LIMIT = 1000;
// A socket frame carries 16 kB at most; four bytes a character fit into it.
const FIELD_LIMIT = 4000;
const NEARLY_FULL = 20;

/** How many characters a text has, counted as the server counts them. */
const length = (text) => [...text.normalize("NFC")].length;

/** How many characters a message may still have; below zero, how many are too many. */
const charactersLeft = (text) => MESSAGE_LIMIT - length(text);

/** Which sentence a counter shows. */
const counterWord = (left) => (left < 0 ? "over" : "left");

/** What a counter announces: its text at 20, at 0 and beyond; null keeps what was said. */
const announcement = (left, text) => {
  if (left > NEARLY_FULL) return "";
  return left === NEARLY_FULL || left <= 0 ? text : null;
};

/** Which sentence says what is wrong with a field; "" if nothing is. */
const problemWord = (value, isMessage) => {
  if (isMessage && !value.trim()) return "empty";
  if (isMessage && length(value) > MESSAGE_LIMIT) return "messageTooLong";
  return value.length > FIELD_LIMIT ? "tooLong" : "";
};
