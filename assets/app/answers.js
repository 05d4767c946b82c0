/*
 * Retries messages that get no answer.
 *
 * A dying socket silently drops what it was given. So a message without an
 * answer is sent again with the same retry key, and is stored only once.
 */

let unanswered = null;
let patience = ANSWER_MS;

const expectAnswer = (form) => {
  unanswered = { form, text: byId("message").value, at: Date.now() };
};

const askAgain = () => {
  if (!unanswered) return;
  const { form, text, at } = unanswered;
  const isOver =
    byId("message")?.value !== text ||
    byId("message-refusal").textContent ||
    document.querySelector(".told, [data-inbox='closed'], [data-inbox='missing']");
  // While the form is busy, the server has the message and will answer.
  const isBusy = form.querySelector("[aria-busy='true']");
  if (isOver) unanswered = null;
  else if (hasNoSocket()) {
    // The answer can't come any more; the same retry key goes by the native POST.
    unanswered = null;
    hold(form);
  }
  else if (!isBusy && !isCutOff(form) && Date.now() - at > patience) {
    patience *= 2;
    unanswered = null;
    sentAt.delete(form);
    form.requestSubmit();
  }
};
setInterval(askAgain, 1000);
