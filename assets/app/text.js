/* Counts and checks text; nothing here touches the DOM. */

const MESSAGE_LIMIT = 1000;
// A socket frame carries at most 16 kB: 4,000 characters of up to four bytes.
const FIELD_LIMIT = 4000;
const NEARLY_FULL = 20;

/** Return a text's length in characters, counted as the server counts them. */
const length = (text) => [...text.normalize("NFC")].length;

/** Return the digits of any script in a text. */
// Every supported browser knows \p; but what it matches depends on the browser's Unicode,
// so esbuild takes no literal for them. Where it's unknown, only this function fails.
const digitsOf = (text) => (text.match(new RegExp("\\p{Nd}", "gu")) ?? []).join("");

/** Return how many characters are left; negative if the message is too long. */
const charactersLeft = (text) => MESSAGE_LIMIT - length(text);

/** Return the key of the sentence that a counter shows. */
const counterWord = (left) => (left < 0 ? "over" : "left");

/** Return what a counter announces: its text at 20, 0 and below; null to keep the last text. */
const announcement = (left, text) => {
  if (left > NEARLY_FULL) return "";
  return left === NEARLY_FULL || left <= 0 ? text : null;
};

/** Return a title with a count before it, in place of an earlier count; 0 shows none. */
const withCount = (title, count) =>
  (count > 0 ? `(${count}) ` : "") + title.replace(/^\(\d+\) /, "");

/** Return the draft in what was stored, or null. */
const readDraft = (stored) => {
  try {
    const { text, key } = JSON.parse(stored);
    return typeof text === "string" && text ? { text, key: typeof key === "string" ? key : "" } : null;
  } catch {
    return null;
  }
};

/** Return the key of the sentence that says what is wrong with a field, or "". */
const problemWord = (value, isMessage) => {
  if (isMessage && !value.trim()) return "empty";
  if (isMessage && length(value) > MESSAGE_LIMIT) return "messageTooLong";
  return value.length > FIELD_LIMIT ? "tooLong" : "";
};
