/* Copies and shares the link. */

/** Return the key of the sentence that says how to copy what is selected. */
const hint = () => (matchMedia("(pointer: coarse)").matches ? "selectTouch" : "select");

const copy = async (button) => {
  const field = byId(button.dataset.copy);
  const said = document.querySelector(`[data-copy-said="${button.dataset.copy}"]`);
  let text = button.dataset.copied ?? word("copied");
  try {
    await navigator.clipboard.writeText(field.value ?? field.textContent);
  } catch {
    field.focus();
    if (field.select) field.select();
    else getSelection().selectAllChildren(field);
    text = word(hint());
  }
  say(said, text);
  setTimeout(() => say(said, ""), COPIED_MS);
};

/** Copy a message's text. */
const copyText = async (button) => {
  const text = button.closest("article").querySelector(".message-text");
  try {
    await navigator.clipboard.writeText(text.textContent);
    say(button.querySelector("span"), word("textCopied"));
  } catch {
    getSelection().selectAllChildren(text);
    say(button.querySelector("span"), word(hint()));
  }
  setTimeout(closeMenus, COPIED_MS, null);
};

mark("can-share", "share" in navigator);

const open = (id) => {
  const server = document.querySelector(`#${id} [name='server']`);
  if (server) server.value ||= kept.get("mastodon") ?? "";
  byId(id).showModal();
  showKeys();
  // A dialog opens where it was scrolled to last.
  byId(id).scrollTop = 0;
  prepareStory(byId(id).querySelector("[data-story]"));
};

const share = async (button) => {
  const { share: url, shareText: text } = button.dataset;
  try {
    await navigator.share({ text, url });
  } catch (error) {
    if (error.name !== "AbortError") open("share-sheet");
  }
};

/** Open the share page of the owner's Mastodon server, which only they know. */
const toMastodon = (form) => {
  const host = mastodonHost(form.elements.server.value);
  clear(form);
  if (!host) return refuse(form, { message: word("mastodon"), field: "server" });
  const { share: url, shareText } = document.querySelector("[data-share]").dataset;
  kept.set("mastodon", host);
  window.open(mastodonShare(host, shareText, url), "_blank", "noopener,noreferrer");
};
