// The draft: what was drawn stays on this device until it is saved or begun anew.

const NAME = "buurt:draft:";

/** Keep a draft; says whether the device could (it can't in some private windows, or when it is full). */
export function keep(key, draft) {
  try {
    localStorage.setItem(NAME + key, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

/** Give the draft kept under this key, or null. */
export function kept(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(NAME + key));
    return draft && Array.isArray(draft.polygons) && typeof draft.id === "string" ? draft : null;
  } catch {
    return null;
  }
}

export function forget(key) {
  try {
    localStorage.removeItem(NAME + key);
  } catch {
    // A device that keeps nothing has nothing to forget.
  }
}
