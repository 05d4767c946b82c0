/*
 * Links from emails.
 *
 * The secret is in the fragment, which browsers never send to a server. The
 * script removes it from the URL before React reads it, and puts it into a
 * field that belongs to the form but sits outside React's tree.
 */

const takeLink = () => {
  const found = mailedLink(location.pathname, location.hash);
  if (!found) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  mark("has-link", true);
  const addField = () => {
    byId("mailed-link")?.remove();
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", id: "mailed-link", name: "link", value: found.secret });
    field.setAttribute("form", found.form);
    document.body.append(field);
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", addField);
  else addField();
};
takeLink();
addEventListener("hashchange", takeLink);
