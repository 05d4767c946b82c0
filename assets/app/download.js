/* Downloads a file by a form that may be refused: asked first, so that the page stays. */

const download = async (form) => {
  const answer = await post(form, new FormData(form));
  if (!answer?.success) return showAnswer(form, answer);
  setBusy(form, false);
  // This submits natively, without another submit event, so without asking again.
  form.submit();
  for (const field of form.querySelectorAll("[type='password']")) field.value = "";
};
