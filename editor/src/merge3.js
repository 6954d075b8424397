// Three-way merge of texts by lines. A paragraph is one line here, so that edits in two paragraphs never collide, and
// two edits in one paragraph always do: words of two people woven together make sentences that neither wrote.
import { diff } from "@codemirror/merge"

const FIRST_SURROGATE = 0xd800
const SURROGATES = 0x800
const LIMITS = { scanLimit: 5000, timeout: 500 }

/** `text` is the merge; where both changed the same lines it holds mine, and `theirs` is the same merge with theirs.
 * `clean` says that there is no such place. */
export function merge3(base, mine, theirs) {
  if (mine === theirs || theirs === base) return { clean: true, text: mine, theirs: mine }
  if (mine === base) return { clean: true, text: theirs, theirs }
  const lines = [base, mine, theirs].map((text) => text.split("\n"))
  const coded = codes(lines)
  if (!coded) return { clean: false, text: mine, theirs }
  const [b, m, t] = coded
  return woven(lines, diff(b, m, LIMITS), diff(b, t, LIMITS))
}

/** Each different line as one character; null when there are more of them than characters. */
function codes(texts) {
  const known = new Map()
  const code = (line) => {
    if (!known.has(line)) known.set(line, known.size + 1)
    const n = known.get(line)
    return String.fromCharCode(n < FIRST_SURROGATE ? n : n + SURROGATES)
  }
  const coded = texts.map((lines) => lines.map(code).join(""))
  return known.size < 0xffff - SURROGATES ? coded : null
}

function woven([base, mine, theirs], ours, others) {
  const both = [[], []]
  let clean = true
  let at = 0
  for (const part of parts(ours, others)) {
    const kept = base.slice(at, part.from)
    const here = part.mine.length ? rebuilt(base, mine, part, part.mine) : null
    const there = part.theirs.length ? rebuilt(base, theirs, part, part.theirs) : null
    const same = here && there && here.join("\n") === there.join("\n")
    if (here && there && !same) clean = false
    both[0].push(...kept, ...(here ?? there))
    both[1].push(...kept, ...(there ?? here))
    at = part.to
  }
  for (const lines of both) lines.push(...base.slice(at))
  return { clean, text: both[0].join("\n"), theirs: both[1].join("\n") }
}

/** Ranges of base lines that were changed, those of either side that overlap or touch in one. */
function parts(ours, others) {
  const all = [...ours.map((c) => ["mine", c]), ...others.map((c) => ["theirs", c])]
  all.sort(([, a], [, b]) => a.fromA - b.fromA || a.toA - b.toA)
  const found = []
  for (const [side, change] of all) {
    let part = found.at(-1)
    if (!part || change.fromA > part.to) found.push((part = { from: change.fromA, to: change.toA, mine: [], theirs: [] }))
    part.to = Math.max(part.to, change.toA)
    part[side].push(change)
  }
  return found
}

function rebuilt(base, side, part, changes) {
  const lines = []
  let at = part.from
  for (const change of changes) {
    lines.push(...base.slice(at, change.fromA), ...side.slice(change.fromB, change.toB))
    at = change.toA
  }
  return [...lines, ...base.slice(at, part.to)]
}

/** What turns one text into the other, as changes for the editor: its cursor and its history stay where they are. */
export function changesBetween(before, after) {
  let from = 0
  while (from < before.length && from < after.length && before[from] === after[from]) from++
  let end = 0
  const most = Math.min(before.length, after.length) - from
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  const [old, now] = [before.slice(from, before.length - end), after.slice(from, after.length - end)]
  return diff(old, now, LIMITS).map((c) => ({ from: from + c.fromA, to: from + c.toA, insert: now.slice(c.fromB, c.toB) }))
}
