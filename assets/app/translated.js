/*
 * A page that the browser translates.
 *
 * Google Translate and others replace each text node with an element of their
 * own. React still holds the nodes it made: removing one that is gone throws and
 * takes the page down, and new text goes into a node that nobody sees. So we
 * remember which node took a text's place, and put the text back as soon as
 * React touches it. The translator then translates what it says now.
 */

// Text nodes, the nodes that took their place, and the way back.
const standIns = new WeakMap();
const originals = new WeakMap();

/** Whether an element is a translator's; React makes none of these. */
const isTranslators = (node) =>
  node instanceof Element && (node.localName === "font" || node.hasAttribute("_mstmutation"));

/** Return the child of a parent that contains a node, or null. */
const childWith = (parent, node) => {
  let child = node ?? null;
  while (child && child.parentNode !== parent) child = child.parentNode;
  return child;
};

/** Put a text node back where its stand-in is. */
const putBack = (text, parent) => {
  if (!(text instanceof Text) || text.parentNode === parent) return;
  // The text may also be inside the translator's element.
  const standIn = childWith(parent, text.parentNode ? text : standIns.get(text));
  if (standIn) parent.replaceChild(text, standIn);
  standIns.delete(text);
};

const removeNatively = Node.prototype.removeChild;
const insertNatively = Node.prototype.insertBefore;
const nodeValue = Object.getOwnPropertyDescriptor(Node.prototype, "nodeValue");

Node.prototype.removeChild = function removeChild(child) {
  if (!(child instanceof Node) || child.parentNode === this)
    return removeNatively.call(this, child);
  putBack(child, this);
  // A translator may have moved it; if it's gone already, nothing is left to do.
  if (this.contains(child)) removeNatively.call(child.parentNode, child);
  return child;
};

Node.prototype.insertBefore = function insertBefore(node, before) {
  if (!(before instanceof Node) || before.parentNode === this)
    return insertNatively.call(this, node, before);
  putBack(before, this);
  return insertNatively.call(this, node, childWith(this, before));
};

Object.defineProperty(Node.prototype, "nodeValue", {
  ...nodeValue,
  set(value) {
    const standIn = standIns.get(this);
    if (standIn?.parentNode) putBack(this, standIn.parentNode);
    else if (this.parentNode && isTranslators(this.parentNode)) unwrap(this);
    nodeValue.set.call(this, value);
  },
});

/** Take a text out of the translator's elements around it. */
const unwrap = (text) => {
  let outermost = text.parentNode;
  while (isTranslators(outermost.parentNode)) outermost = outermost.parentNode;
  outermost.parentNode?.replaceChild(text, outermost);
};

/** Remember what took the place of the texts that have gone. */
const noteStandIns = (changes) => {
  for (const { addedNodes, removedNodes, previousSibling, nextSibling } of changes) {
    for (const gone of removedNodes) {
      const text = gone instanceof Text && !originals.has(gone) ? gone : originals.get(gone);
      if (!text || text.isConnected) continue;
      const beside = [previousSibling, nextSibling].filter(isTranslators);
      // The original may come back as a new text node.
      const isNew = (node) => isTranslators(node) || (text !== gone && node instanceof Text);
      const standIn = [...addedNodes].find(isNew) ?? beside.find((each) => !originals.has(each));
      if (!standIn) continue;
      standIns.set(text, standIn);
      originals.set(standIn, text);
    }
  }
};

new MutationObserver(noteStandIns).observe(document, { childList: true, subtree: true });
