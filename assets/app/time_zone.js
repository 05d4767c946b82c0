/* Suggests the browser's time zone; only whoever saves or sends it chooses it. */

const browserZone = () => {
  try {
    return new Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  } catch {
    return "";
  }
};

const zoneOption = (name) => {
  const option = document.createElement("option");
  option.value = name;
  return option;
};

const suggestZone = () => {
  for (const field of document.querySelectorAll("[data-browser-zone]:not([data-filled])")) {
    field.dataset.filled = "true";
    field.value = browserZone();
  }
  const list = byId("time-zones");
  // Browsers from before 2022 don't list them.
  if (list && !list.firstElementChild)
    list.append(...(Intl.supportedValuesOf?.("timeZone") ?? [browserZone()]).map(zoneOption));
  for (const told of document.querySelectorAll("[data-suggests-zone]:not([data-filled])")) {
    told.dataset.filled = "true";
    const field = byId(told.dataset.suggestsZone);
    if (field && !field.value) field.value = browserZone();
  }
};
