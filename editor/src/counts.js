// Words as the rest of Writer counts them: tokens, headings and section marks are none.
const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu
const NO_TEXT = /\[\[[^[\]]*\]\]|^##(?:[ \t].*)?$|^<!-- [a-z][a-z-]* -->$/gm
const WORDS_A_MINUTE = 238

export function countWords(text) {
  return text.replace(NO_TEXT, " ").match(WORD)?.length ?? 0
}

export function readingTime(words) {
  return `${Math.max(1, Math.round(words / WORDS_A_MINUTE))} min read`
}
