// The clipboard of the visitor.

/**
 * Copy a text. A page without https may not use the clipboard; there the text is selected and copied as by hand.
 *
 * @param {string} text
 * @returns {Promise<boolean>} whether it was copied
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const hasCopied = document.execCommand("copy");
    field.remove();
    return hasCopied;
  }
}
