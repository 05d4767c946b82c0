/* Addresses, taken apart and put together; nothing here knows the page. */

// A link's secret has 43 characters; shorter fragments are places on the page.
const LINK_LENGTH = 32;
// The pages that mailed links open, and the form that sends what the link holds.
const LINK_FORMS = {
  "/verify": "verify-form",
  "/reset-password": "reset-form",
  "/confirm-email": "email-link-form",
  "/undo-email": "email-link-form",
};

/** A page's path; some servers add a slash to it. */
const withoutSlash = (path) => (path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path);

/** The secret in a mailed link's fragment and the form that sends it; null if there is none. */
const mailedLink = (path, fragment) => {
  const secret = fragment.slice(1);
  const form = LINK_FORMS[withoutSlash(path)];
  return form && secret.length >= LINK_LENGTH ? { form, secret } : null;
};

/** The host of a Mastodon server, from whatever its owner types; "" if there is none in it. */
const mastodonHost = (typed) => {
  const address = typed.trim().replace(/^https?:\/\//i, "");
  const written = address.replace(/[/?#\\].*$/, "").split("@").at(-1);
  let host = "";
  try {
    host = new URL("https://" + written).host;
  } catch {
    // No address at all: it has no host either.
  }
  return /^([a-z0-9-]+\.)+[a-z][a-z0-9-]+$/.test(host) ? host : "";
};

/** Where a Mastodon server lets a post be written. */
const mastodonShare = (host, words, url) =>
  `https://${host}/share?text=${encodeURIComponent(`${words} ${url}`)}`;

/** The sign-in page, which leads back to a path. */
const signInAddress = (path) => "/sign-in?next=" + encodeURIComponent(path);
