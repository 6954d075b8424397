// Suggestions: what was asked for, what came, and where in the text it stands now. Positions live here only, mapped
// through every change; the text itself changes when a hunk is accepted and never before.
import { StateEffect, StateField } from "@codemirror/state"
import { invertedEffects, isolateHistory } from "@codemirror/commands"

const COMING = ["waiting", "streaming", "choosing"] // phases in which the server may still tell of hunks
const REMEMBERED = 20 // decided groups that an undo can open again

export const addGroup = StateEffect.define() // {id, action, label, from, to, ...}
export const changeGroup = StateEffect.define() // {id, ...what changes}
export const dropGroup = StateEffect.define() // id
export const setHunks = StateEffect.define() // {id, hunks: from the server}
export const activate = StateEffect.define() // {id, n} or null
/** A hunk's state with the place it has once the effect is in force. */
export const setHunk = StateEffect.define({
  map: (value, mapping) => ({ ...value, from: mapping.mapPos(value.from, 1), to: mapping.mapPos(value.to, -1) }),
})

/** {groups: [{id, action, label, phase, preview, notes, from, to, hunks, since}], active: {id, n} | null} where phase is
 * "waiting", "streaming", "choosing", "ready", "stopped" or "failed". `since` are the changes since the text was sent. */
export const suggestions = StateField.define({
  create: () => ({ groups: [], active: null }),
  update(value, transaction) {
    let next = value
    if (transaction.docChanged && value.groups.length) next = { ...next, groups: next.groups.map((group) => moved(group, transaction.changes)) }
    for (const effect of transaction.effects) next = applied(next, effect, transaction.state)
    return next
  },
})

/** An undo of an accept opens the hunk again, a redo closes it; so does an undo of what was typed into one. */
export const undoable = invertedEffects.of((transaction) => {
  const found = transaction.docChanged ? reopening(transaction) : []
  for (const effect of transaction.effects) {
    if (!effect.is(setHunk) || !effect.value.undone) continue
    const { id, n, state, undone, from, to, was } = effect.value
    found.push(setHunk.of({ id, n, state: undone, undone: state, from: was.from, to: was.to, was: { from, to } }))
  }
  return found
})

function reopening({ startState, changes, effects }) {
  const decided = new Set(effects.filter((effect) => effect.is(setHunk)).map(({ value }) => `${value.id}:${value.n}`))
  return startState.field(suggestions).groups.flatMap(({ id, hunks }) =>
    hunks
      .filter((hunk) => isOpen(hunk) && !decided.has(`${id}:${hunk.n}`) && isTouched(hunk, changes))
      .map(({ n, from, to }) => setHunk.of({ id, n, state: "open", from, to })),
  )
}

function moved(group, changes) {
  const [from, to] = span(group, changes)
  const hunks = group.hunks.map((hunk) => {
    const [start, end] = span(hunk, changes)
    const state = isOpen(hunk) && isTouched(hunk, changes) ? "stale" : hunk.state
    return start === hunk.from && end === hunk.to && state === hunk.state ? hunk : { ...hunk, from: start, to: end, state }
  })
  return { ...group, from, to, hunks, since: COMING.includes(group.phase) ? [...group.since, changes] : [] }
}

/** Whether something was changed inside it, and not only at its edges: it is about other words then. A place where words
 * are to be put in is gone when the text round it is. */
function isTouched({ from, to }, changes) {
  let touched = false
  changes.iterChangedRanges((start, end) => (touched ||= start < to && end > from), true)
  return touched
}

/** What is typed at either end stays outside. */
function span({ from, to }, changes) {
  if (from === to) return [changes.mapPos(from, 1), changes.mapPos(from, 1)]
  const start = changes.mapPos(from, 1)
  return [start, Math.max(start, changes.mapPos(to, -1))]
}

function applied(value, effect, state) {
  if (effect.is(addGroup)) return { ...value, groups: [...forgotten(value.groups), fresh(effect.value)] }
  if (effect.is(changeGroup)) return withGroup(value, effect.value.id, (group) => ({ ...group, ...effect.value }))
  if (effect.is(setHunks)) return withHunks(value, effect.value, state)
  if (effect.is(dropGroup)) return { groups: value.groups.filter(({ id }) => id !== effect.value), active: value.active?.id === effect.value ? null : value.active }
  if (effect.is(activate)) return { ...value, active: effect.value }
  if (effect.is(setHunk)) return withGroup(value, effect.value.id, (group) => ({ ...group, hunks: group.hunks.map((hunk) => (hunk.n === effect.value.n ? changed(hunk, effect.value) : hunk)) }))
  return value
}

function fresh(given) {
  return { phase: "waiting", preview: "", notes: [], hunks: [], since: [], origin: given.from, ...given }
}

function forgotten(groups) {
  const decided = groups.filter((group) => isDecided(group))
  const drop = new Set(decided.slice(0, Math.max(0, decided.length - REMEMBERED)))
  return groups.filter((group) => !drop.has(group))
}

function withGroup(value, id, change) {
  return { ...value, groups: value.groups.map((group) => (group.id === id ? change(group) : group)) }
}

/** Offsets of the server are into the text that was sent; everything typed since moves them. */
function withHunks(value, { id, hunks }, state) {
  const placed = withGroup(value, id, (group) => ({ ...group, preview: "", hunks: [...group.hunks, ...hunks.map((hunk) => placedHunk(group, hunk, state))] }))
  if (placed.active) return placed
  const first = placed.groups.find((group) => group.id === id)?.hunks.find(isOpen)
  return { ...placed, active: first ? { id, n: first.n } : null }
}

function placedHunk(group, { n, at16, old, new: text, note }, state) {
  const at = group.origin + at16
  let [from, to, touched] = [at, at + old.length, false]
  for (const changes of group.since) {
    touched ||= isTouched({ from, to }, changes)
    ;[from, to] = span({ from, to }, changes)
  }
  const open = !touched && state.sliceDoc(from, to) === old
  return { n, from, to, old, text, note, state: open ? "open" : "stale" }
}

function changed(hunk, { state, from, to, text }) {
  return { ...hunk, state, from, to, text: text ?? hunk.text }
}

export const isOpen = (hunk) => hunk.state === "open"

/** Nothing of it is left to draw. */
export function isDecided(group) {
  return group.phase === "ready" && !group.hunks.some(isOpen) && !group.notes.length
}

export function openHunks(state) {
  const found = state.field(suggestions).groups.flatMap((group) => group.hunks.filter(isOpen).map((hunk) => ({ group, hunk })))
  return found.sort((a, b) => a.hunk.from - b.hunk.from)
}

export function find(state, id, n) {
  const group = state.field(suggestions).groups.find((one) => one.id === id)
  return { group, hunk: group?.hunks.find((one) => one.n === n) }
}

/** Puts the hunks' text in place, as one step for undo. What does not stand there any more as it was is left alone. */
export function accept(view, id, numbers, edited) {
  const { group } = find(view.state, id)
  if (!group) return []
  const wanted = group.hunks.filter((hunk) => isOpen(hunk) && numbers.includes(hunk.n))
  const good = wanted.filter((hunk) => view.state.sliceDoc(hunk.from, hunk.to) === hunk.old)
  const changes = view.state.changes(good.map((hunk) => ({ from: hunk.from, to: hunk.to, insert: edited ?? hunk.text })))
  const effects = good.map((hunk) => {
    const from = changes.mapPos(hunk.from, -1)
    const length = view.state.toText(edited ?? hunk.text).length
    return setHunk.of({ id, n: hunk.n, state: "accepted", undone: "open", from, to: from + length, was: { from: hunk.from, to: hunk.to } })
  })
  const stale = wanted.filter((hunk) => !good.includes(hunk)).map((hunk) => setHunk.of({ ...hunk, id, state: "stale" }))
  view.dispatch({
    changes,
    effects: [...effects, ...stale.map((effect) => effect.map(changes)), activate.of(following(view.state, id, numbers))],
    userEvent: "input.suggestion",
    annotations: good.length ? isolateHistory.of("full") : [],
  })
  return good.map((hunk) => hunk.n)
}

export function reject(view, id, numbers) {
  const { group } = find(view.state, id)
  const wanted = group?.hunks.filter((hunk) => isOpen(hunk) && numbers.includes(hunk.n)) ?? []
  const effects = wanted.map((hunk) => setHunk.of({ id, n: hunk.n, state: "rejected", from: hunk.from, to: hunk.to }))
  view.dispatch({ effects: [...effects, activate.of(following(view.state, id, numbers))] })
  return wanted.map((hunk) => hunk.n)
}

/** The open hunk after those that are being decided, round the text. */
function following(state, id, numbers) {
  const all = openHunks(state)
  const last = all.findLastIndex(({ group, hunk }) => group.id === id && numbers.includes(hunk.n))
  const rest = [...all.slice(last + 1), ...all.slice(0, last + 1)]
  const next = rest.find(({ group, hunk }) => !(group.id === id && numbers.includes(hunk.n)))
  return next ? { id: next.group.id, n: next.hunk.n } : null
}

export function step(view, forward) {
  const all = openHunks(view.state)
  if (!all.length) return false
  const { active } = view.state.field(suggestions)
  const at = all.findIndex(({ group, hunk }) => active && group.id === active.id && hunk.n === active.n)
  const next = all[(at + (forward ? 1 : -1) + all.length + (at < 0 && !forward ? 1 : 0)) % all.length]
  view.dispatch({ effects: activate.of({ id: next.group.id, n: next.hunk.n }), selection: { anchor: next.hunk.to }, scrollIntoView: true })
  return true
}
