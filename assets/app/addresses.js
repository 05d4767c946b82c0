/* Parses and builds URLs; nothing here touches the DOM. */

// A link's secret has 43 characters; shorter fragments are anchors on the page.
const LINK_LENGTH = 32;
// The pages that emailed links open, and the form that submits the secret.
const LINK_FORMS = {
  "/verify": "verify-form",
  "/reset-password": "reset-form",
  "/confirm-email": "email-link-form",
  "/undo-email": "email-link-form",
};

/** Return a page's path without the trailing slash that some servers add. */
const withoutSlash = (path) => (path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path);

/** Return the secret in an emailed link's fragment and the form that submits it, or null. */
const mailedLink = (path, fragment) => {
  const secret = fragment.slice(1);
  const form = LINK_FORMS[withoutSlash(path)];
  return form && secret.length >= LINK_LENGTH ? { form, secret } : null;
};

/** Return the Mastodon host in what the owner typed, or "" if there is none. */
const mastodonHost = (typed) => {
  const address = typed.trim().replace(/^https?:\/\//i, "");
  const written = address.replace(/[/?#\\].*$/, "").split("@").at(-1);
  let host = "";
  try {
    host = new URL("https://" + written).host;
  } catch {
    // What isn't a URL has no host.
  }
  return /^([a-z0-9-]+\.)+[a-z][a-z0-9-]+$/.test(host) ? host : "";
};

/** Return the page where a Mastodon server opens a draft post. */
const mastodonShare = (host, words, url) =>
  `https://${host}/share?text=${encodeURIComponent(`${words} ${url}`)}`;

/** Return the sign-in page, with the path to open after signing in. */
const signInAddress = (path) => "/sign-in?next=" + encodeURIComponent(path);
