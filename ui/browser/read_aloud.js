// A button that has a voice of the device itself read a screen aloud, and never begins by itself. A voice of the network
// would be sent the sentences, so it is never used: without a voice of the device there is no button.

/** @typedef {{ sentences: string[], language: string, words: { read: string, quiet: string } }} ReadData */

const SPEAKER =
  '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 9h4l5-4v14l-5-4H4zM16 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11"/></svg>';

/** How long a pause between two looks whether the voice has ended: some browsers do not say so. */
const LOOK_MS = 500;

/**
 * Find a voice that speaks on the device itself.
 *
 * @param {string} language
 */
function localVoice(language) {
  return speechSynthesis
    .getVoices()
    .find(({ localService, lang }) => localService && lang.toLowerCase().startsWith(language));
}

/**
 * Speak sentences one after the other: some voices break off a long text.
 *
 * @param {string[]} sentences
 * @param {SpeechSynthesisVoice} voice
 */
function speak(sentences, voice) {
  for (const sentence of sentences) {
    const spoken = new SpeechSynthesisUtterance(sentence);
    spoken.voice = voice;
    spoken.lang = voice.lang;
    spoken.rate = 0.9;
    speechSynthesis.speak(spoken);
  }
}

/**
 * Show the button where the device has a voice. Called by Streamlit at first sight and at every rerun that changes something.
 *
 * @param {import("./component.js").Component<ReadData>} component
 */
export function open({ data, parentElement }) {
  parentElement.querySelector(".buurt-read")?.remove();
  if (!("speechSynthesis" in window)) return () => {};
  const button = document.createElement("button");
  button.type = "button";
  button.className = "buurt-read";
  button.innerHTML = SPEAKER;
  const label = document.createElement("span");
  button.append(label);
  let isReading = false;
  /** @param {boolean} now */
  const become = (now) => {
    isReading = now;
    label.textContent = now ? data.words.quiet : data.words.read;
    button.dataset.reading = String(now);
  };
  become(false);
  button.addEventListener("click", () => {
    const voice = localVoice(data.language);
    speechSynthesis.cancel();
    become(!isReading && voice !== undefined);
    if (isReading && voice) speak(data.sentences, voice);
  });
  const looking = setInterval(() => {
    if (isReading && !speechSynthesis.speaking && !speechSynthesis.pending) become(false);
  }, LOOK_MS);
  // Some browsers know their voices only after a while.
  const offer = () => {
    if (localVoice(data.language)) parentElement.append(button);
    else button.remove();
  };
  speechSynthesis.addEventListener("voiceschanged", offer);
  offer();
  return () => {
    speechSynthesis.removeEventListener("voiceschanged", offer);
    clearInterval(looking);
    speechSynthesis.cancel();
  };
}
