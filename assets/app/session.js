/* Refreshes the session. */

let refreshing = false;

/** Refresh if it's due; all tabs share the time of the last refresh, so only one rotates. */
const keepSignedIn = async () => {
  if (refreshing || !navigator.onLine || !document.querySelector("[data-signed-in]")) return;
  const last = Number(kept.get("refreshed_at"));
  if (!last) kept.set("refreshed_at", String(Date.now()));
  if (!isRefreshDue(last, Date.now())) return;
  refreshing = true;
  kept.set("refreshed_at", String(Date.now()));
  try {
    const answer = await fetch("/refresh", { method: "POST", credentials: "same-origin" });
    if (answer.status === 401) location.assign(signInAddress(here()));
    // The server could not refresh it now, so it stays due.
    else if (!answer.ok) kept.set("refreshed_at", String(last));
  } catch {
    kept.set("refreshed_at", String(last));
  } finally {
    refreshing = false;
  }
};
setInterval(keepSignedIn, 60 * 1000);

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") keepSignedIn();
});
