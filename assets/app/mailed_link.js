/*
 * The link of a mail.
 *
 * The secret stands in the fragment, which no server sees. It is taken out
 * of the address at once, before React reads it, and put into a field that
 * belongs to the form but lies outside of React's tree.
 */

const takeLink = () => {
  const found = mailedLink(location.pathname, location.hash);
  if (!found) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  root.classList.add("has-link");
  const keep = () => {
    byId("mailed-link")?.remove();
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", id: "mailed-link", name: "link", value: found.secret });
    field.setAttribute("form", found.form);
    document.body.append(field);
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", keep);
  else keep();
};
takeLink();
addEventListener("hashchange", takeLink);
