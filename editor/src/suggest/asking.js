// From an action on a selection to hunks in the text, and the news of what became of them.
import { actionsOf, ask, readOf } from "./stream.js"
import { accept, addGroup, changeGroup, dropGroup, find, isOpen, reject, setHunks } from "./ranges.js"

const CONTEXT = 4000 // characters before and after the selection: about two paragraphs
const REPORT_MS = 800

export class Asking {
  /** `view()` gives the editor's view; `changed()` is called when something is to be drawn anew outside the text. */
  constructor({ api, draft, view, changed }) {
    Object.assign(this, { api, draft, view, changed, running: new Map(), reports: new Map(), latest: "" })
  }

  /** What can be asked for; null when the server does not say. Asked for when it is first needed. */
  load() {
    this.loading ??= actionsOf(this.api, this.draft).catch(() => null)
    return this.loading.then((offer) => {
      if (!offer) this.loading = null
      return (this.offer = offer)
    })
  }

  start(action, more = {}) {
    const { state } = this.view()
    const { from, to } = state.selection.main
    const body = { action: action.name, text: state.sliceDoc(from, to), before: before(state, from), after: after(state, to), ...more }
    return this.run(action, { from, to }, `${this.url}/suggest`, body)
  }

  pass(pass, more = {}) {
    const { doc } = this.view().state
    const body = { pass: pass.name, text: doc.toString(), ...more }
    return this.run({ ...pass, name: "pass" }, { from: 0, to: doc.length }, `${this.url}/passes`, body)
  }

  /** What a model would cost for the whole draft, as a sentence. */
  async cost(pass) {
    const found = await readOf(`${this.url}/passes/${pass.name}/estimate`)
    return found?.sentence ?? "Cost: n/a, the server does not say."
  }

  /** The writer's saved prompts; none where the server does not answer. */
  async prompts() {
    return (await readOf(`${this.api}/prompts`)) ?? []
  }

  get url() {
    return `${this.api}/drafts/${encodeURIComponent(this.draft)}`
  }

  async run(action, range, url, body) {
    const id = newId()
    const stop = new AbortController()
    this.running.set(id, stop)
    const view = this.view()
    view.dispatch({ effects: addGroup.of({ id, action: action.name, label: action.label, ...range }) })
    view.focus()
    const failure = await ask(url, { id, ...body }, (message) => this.hear(id, message), stop.signal).catch((error) => error)
    this.running.delete(id)
    if (stop.signal.aborted) this.stopped(id)
    else if (!failure) this.ended(id)
    else this.fail(id, failure instanceof TypeError ? "The server cannot be reached. Your text is untouched." : failure.message)
  }

  cannot(why) {
    const { head } = this.view().state.selection.main
    this.view().dispatch({ effects: addGroup.of({ id: newId(), action: "none", label: "Ask", from: head, to: head, phase: "failed", notes: [why] }) })
  }

  hear(id, message) {
    const group = this.group(id)
    if (!group) return
    const heard = HEARD[message.type]
    const effects = heard ? heard(group, message, this) : null
    if (effects) this.view().dispatch({ effects })
  }

  /** Gone when the editor was closed, or the writer took it away. */
  group(id) {
    return this.view() && find(this.view().state, id).group
  }

  ended(id) {
    const group = this.group(id)
    if (!group || group.phase === "failed" || group.phase === "choosing") return
    const notes = group.hunks.length || group.notes.length ? group.notes : ["There is nothing to change."]
    this.view().dispatch({ effects: changeGroup.of({ id, phase: "ready", preview: "", notes }) })
  }

  stop(id) {
    this.running.get(id)?.abort()
  }

  stopAll() {
    for (const stop of this.running.values()) stop.abort()
  }

  stopped(id) {
    const group = this.group(id)
    if (!group) return
    const effect = group.hunks.some(isOpen) || group.preview ? changeGroup.of({ id, phase: "stopped" }) : dropGroup.of(id)
    this.view().dispatch({ effects: effect })
  }

  fail(id, text) {
    if (this.group(id)) this.view().dispatch({ effects: changeGroup.of({ id, phase: "failed", preview: "", notes: [text] }) })
  }

  drop(id) {
    this.stop(id)
    this.reject(id, this.all(id))
    this.send(id)
    this.view().dispatch({ effects: dropGroup.of(id) })
  }

  choose(id, choice) {
    this.view().dispatch({ effects: [changeGroup.of({ id, phase: "ready", choices: null }), setHunks.of({ id, hunks: choice.hunks })] })
  }

  accept(id, numbers, edited) {
    const done = accept(this.view(), id, numbers, edited)
    const group = this.group(id)
    if (group?.suggestion && done.length) this.latest = group.suggestion
    this.report(id, edited === undefined ? {} : Object.fromEntries(done.map((n) => [n, edited])))
    return done
  }

  reject(id, numbers) {
    if (numbers.length) reject(this.view(), id, numbers)
    this.report(id)
  }

  all(id) {
    return this.group(id)?.hunks.filter(isOpen).map(({ n }) => n) ?? []
  }

  /** What was decided, told a moment later and in one message: an undo in between counts. */
  report(id, edited = {}) {
    const report = this.reports.get(id) ?? { edited: {}, accepted: [] }
    Object.assign(report.edited, edited)
    clearTimeout(report.timer)
    report.timer = setTimeout(() => this.send(id), REPORT_MS)
    this.reports.set(id, report)
  }

  send(id) {
    const [group, report] = [this.group(id), this.reports.get(id)]
    if (!group?.suggestion || !report) return
    clearTimeout(report.timer)
    const numbers = (state) => group.hunks.filter((hunk) => hunk.state === state).map(({ n }) => n)
    const accepted = numbers("accepted")
    const takenBack = report.accepted.filter((n) => !accepted.includes(n)) // by an undo
    const body = JSON.stringify({ accepted, rejected: [...new Set([...numbers("rejected"), ...takenBack])], edited: report.edited })
    report.accepted = accepted
    const url = `${this.url}/suggestions/${encodeURIComponent(group.suggestion)}`
    fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body }).catch(() => {}) // a figure, not the text
  }

  /** The suggestion whose text is in the next save. */
  origin() {
    const { latest } = this
    this.latest = ""
    return latest ? { suggestion: latest } : {}
  }}

const HEARD = {
  delta: (group, { text }) => changeGroup.of({ id: group.id, phase: "streaming", preview: group.preview + text }),
  restart: (group) => changeGroup.of({ id: group.id, preview: "" }),
  note: (group, { sentence }) => changeGroup.of({ id: group.id, notes: [...group.notes, sentence] }),
  hunks: (group, { hunks }) => setHunks.of({ id: group.id, hunks }),
  choices: (group, { choices }) => changeGroup.of({ id: group.id, phase: "choosing", choices }),
  error: (group, { sentence }) => changeGroup.of({ id: group.id, phase: "failed", preview: "", notes: [sentence] }),
  done: (group, { suggestion }) => changeGroup.of({ id: group.id, suggestion }),
}

function before(state, from) {
  return state.sliceDoc(paragraphs(state.sliceDoc(Math.max(0, from - CONTEXT), from), from, -1), from)
}

function after(state, to) {
  return state.sliceDoc(to, paragraphs(state.sliceDoc(to, to + CONTEXT), to, 1))
}

/** Where the second paragraph on that side begins or ends. */
function paragraphs(text, at, side) {
  const breaks = [...text.matchAll(/\n{2,}/g)]
  if (side < 0) {
    const third = breaks.at(-3)
    return at - text.length + (third ? third.index + third[0].length : 0)
  }
  return at + (breaks[2]?.index ?? text.length)
}

function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("")
}
