/*
 * Answers that do not come.
 *
 * What a dying socket was given is lost without a word. So a message that
 * gets no answer is sent again, with the same key: it stays one message.
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
    document.querySelector(".told");
  // The server has it while it is busy with it, and then says so.
  const isBusy = form.querySelector("[aria-busy='true']");
  if (isOver) unanswered = null;
  else if (!isBusy && !isCutOff(form) && Date.now() - at > patience) {
    patience *= 2;
    unanswered = null;
    sentAt.delete(form);
    form.requestSubmit();
  }
};
setInterval(askAgain, 1000);
