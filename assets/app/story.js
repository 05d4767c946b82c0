/* Shares the story image as a file, or saves it where a browser can't. */

// The promise of the picture as a file, or of null if it can't be had.
let story = null;

const fetchStory = async ({ story: address, fileName }) => {
  try {
    const answer = await fetch(address);
    if (!answer.ok) return null;
    return new File([await answer.blob()], fileName, { type: "image/png" });
  } catch {
    return null;
  }
};

/** Say what happened to the picture, by the key of its sentence. */
const sayOfStory = (key) => {
  const place = document.querySelector("[data-story-said]");
  place.toggleAttribute("data-failed", key === "noPicture");
  say(place, key && word(key));
};

/** Fetch the picture when the sheet opens, because a press that waits long can't share any more. */
const prepareStory = (button) => {
  if (!button) return;
  button.removeAttribute("aria-busy");
  sayOfStory("");
  story = "canShare" in navigator ? fetchStory(button.dataset) : null;
};

const canShareFile = (file) => {
  try {
    return navigator.canShare({ files: [file] });
  } catch {
    return false;
  }
};

const save = (address, fileName) => {
  const link = document.createElement("a");
  link.href = address;
  link.download = fileName;
  link.click();
};

const saveFile = (file) => {
  const address = URL.createObjectURL(file);
  save(address, file.name);
  setTimeout(() => URL.revokeObjectURL(address), SAVED_MS);
};

/** Share or save the picture, and return the key of the sentence that says which, or "". */
const sharedOrSaved = async (button) => {
  const late = new Promise((resolve) => setTimeout(resolve, PICTURE_MS));
  story ??= fetchStory(button.dataset);
  const file = await Promise.race([story, late]);
  if (file === undefined) {
    save(button.dataset.story, button.dataset.fileName);
    return "downloading";
  }
  if (file === null) {
    story = null;
    return "noPicture";
  }
  if (canShareFile(file)) {
    try {
      await navigator.share({ files: [file] });
      return "shared";
    } catch (error) {
      if (error.name === "AbortError") return "";
    }
  }
  saveFile(file);
  return "saved";
};

const passOnStory = async (button) => {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  sayOfStory("");
  const key = await sharedOrSaved(button);
  button.removeAttribute("aria-busy");
  sayOfStory(key);
};
