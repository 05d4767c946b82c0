/*
 * A press counts for the button it began on.
 *
 * A sentence that appears above a button moves it down while the finger is still on
 * it, and the browser then fires no click. So the button captures the pointer, unless
 * the pointer itself moves away, which still takes the press back. If React renders
 * the page again meanwhile, the button that was pressed is gone, and the one in its
 * place gets the press.
 *
 * And a double click counts for the control it began on: what the first click brings
 * under the pointer, such as the way on after a form, is not what the second one means.
 */

// A hand that presses is never quite still.
const PRESS_PX = 10;

let pressed = null;

const press = ({ target, pointerId, clientX, clientY }) => {
  const button = target instanceof Element && target.closest("button");
  if (!button) return;
  button.setPointerCapture(pointerId);
  pressed = { button, pointerId, clientX, clientY };
};

// In the capture phase: a press makes React hydrate, and if that fails, it renders the
// page again at once and lets the event go no further.
addEventListener("pointerdown", press, true);

addEventListener("pointermove", ({ pointerId, clientX, clientY }) => {
  if (pressed?.pointerId !== pointerId) return;
  if (Math.hypot(clientX - pressed.clientX, clientY - pressed.clientY) < PRESS_PX) return;
  if (pressed.button.hasPointerCapture(pointerId)) pressed.button.releasePointerCapture(pointerId);
  pressed = null;
});

/** Move a press to the button that has taken the place of the pressed one. */
const movePress = (button, twin) => {
  if (pressed?.button === button) pressed = { ...pressed, button: twin, isMoved: true };
};

addEventListener("pointerup", ({ pointerId }) => {
  if (pressed?.pointerId !== pointerId) return;
  const { button, isMoved } = pressed;
  pressed = null;
  // The press began on another element, so the browser fires no click.
  if (isMoved) button.click();
});
addEventListener("pointercancel", () => (pressed = null));

let pointer = "";
let isOneClick = false;

addEventListener("pointerdown", ({ pointerType }) => (pointer = pointerType), true);
// A mouse counts its clicks, so its first one never belongs to a double click. Not every
// touch screen does, and the Enter key has none.
addEventListener("click", ({ detail }) => (isOneClick = detail === 1 && pointer === "mouse"), true);

const CONTROLS = "a, button, summary, label, input";
let began = { control: null, at: 0, x: 0, y: 0 };

addEventListener(
  "click",
  (event) => {
    const { detail, clientX: x, clientY: y } = event;
    if (!detail) return;
    const found = closest(event, CONTROLS);
    const control = found?.control ?? found;
    const now = Date.now();
    const isSecond = isSecondClick({
      detail,
      isMouse: pointer === "mouse",
      elapsed: now - began.at,
      distance: Math.hypot(x - began.x, y - began.y),
    });
    if (!isSecond) began = { control, at: now, x, y };
    else if (control !== began.control) stop(event);
  },
  true,
);

/** Whether a press only repeats the last one, which two taps or keys too close together do. */
const isRepeat = (last) => !isOneClick && isTwice(last, Date.now());
