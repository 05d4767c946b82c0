/*
 * Storage that is missing.
 *
 * A browser may block storage, have none, or refuse to write. Reflex's scripts
 * use it without asking, and would take the page down. So before they run, what
 * is missing is replaced by storage in memory, which forgets when the tab closes.
 */

// The names of the storages that are in memory only.
const forgetful = new Set();

/** Return a storage in memory that begins with some entries. */
const memoryStorage = (entries) => {
  const values = new Map(entries);
  return {
    get length() {
      return values.size;
    },
    key: (index) => [...values.keys()][index] ?? null,
    getItem: (key) => values.get(String(key)) ?? null,
    setItem: (key, value) => void values.set(String(key), String(value)),
    removeItem: (key) => void values.delete(String(key)),
    clear: () => values.clear(),
  };
};

/** Return the entries of a storage that can be read but not written. */
const entriesOf = (storage) => {
  try {
    return Object.entries(storage ?? {});
  } catch {
    return [];
  }
};

/** Whether a storage takes a value and gives it back. */
const keepsValues = (storage) => {
  const probe = "anonmsg-probe";
  storage.setItem(probe, probe);
  const isKept = storage.getItem(probe) === probe;
  storage.removeItem(probe);
  return isKept;
};

/** Let a storage that filled up, or never was there, go on in memory. */
const goOnInMemory = (name, storage) => {
  forgetful.add(name);
  const value = memoryStorage(entriesOf(storage));
  Object.defineProperty(window, name, { configurable: true, value });
  return value;
};

const healthy = new Map();

const replaceIfMissing = (name) => {
  let storage = null;
  try {
    storage = window[name];
    if (keepsValues(storage)) return void healthy.set(storage, name);
  } catch {
    // Blocked, absent and full are all the same to us.
  }
  goOnInMemory(name, storage);
};

/** Catch the writes that fail later, such as when a storage fills up. */
const guardWrites = () => {
  const setNatively = Storage.prototype.setItem;
  Storage.prototype.setItem = function setItem(key, value) {
    try {
      setNatively.call(this, key, value);
    } catch (error) {
      const name = healthy.get(this);
      if (!name) throw error;
      const inMemory = forgetful.has(name) ? window[name] : goOnInMemory(name, this);
      inMemory.setItem(key, value);
    }
  };
};

["localStorage", "sessionStorage"].forEach(replaceIfMissing);
if (healthy.size) guardWrites();
