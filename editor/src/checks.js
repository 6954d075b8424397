// What the checks beside the text ask of the editor, and what they hear of it. They are another component: the two talk
// through events of the window, and neither needs the other.
import { EditorView } from "@codemirror/view"
import { addGroup, setHunks } from "./suggest/ranges.js"

const EACH_MS = 600 // while somebody writes

export class Checks {
  constructor(editor) {
    Object.assign(this, { editor, following: false, heard: (event) => this.hear(event.detail) })
  }

  open() {
    addEventListener("writer:checks", this.heard)
    this.tell()
  }

  close() {
    removeEventListener("writer:checks", this.heard)
    clearTimeout(this.timer)
    this.timer = null
  }

  /** Only while somebody looks at the checks. */
  changed() {
    if (!this.following) return
    this.timer ??= setTimeout(() => {
      this.timer = null
      this.tell()
    }, EACH_MS)
  }

  tell() {
    const { draft, state } = this.editor
    if (state) dispatchEvent(new CustomEvent("writer:text", { detail: { draft, ...this.editor.read() } }))
  }

  hear({ draft, ask, ...more }) {
    if (draft !== this.editor.draft || !this.editor.view) return
    if (ask === "follow") this.follow(more.on)
    else if (ask === "title") this.editor.shell.title.select()
    else if (ask === "select") this.select(more)
    else if (ask === "fix") this.fix(more)
  }

  follow(on) {
    this.following = on
    if (on) this.tell()
  }

  select({ place, answer }) {
    const { view } = this.editor
    const found = standing(view.state.doc, place)
    if (!found) return answer(false)
    view.dispatch({ selection: { anchor: found.from, head: found.to }, effects: EditorView.scrollIntoView(found.from, { y: "center" }) })
    view.focus()
    answer(true)
  }

  /** Each as a change to accept or reject, like any other suggestion. */
  fix({ label, fixes, answer }) {
    const { view } = this.editor
    const found = fixes.map(({ place, fix }) => ({ ...standing(view.state.doc, { ...place, quote: fix.old, length: fix.old.length }), fix })).filter(({ to }) => to !== undefined)
    if (!found.length) return answer(false)
    const id = `check-${Date.now()}-${found.length}`
    const hunks = found.map(({ from, fix }, n) => ({ n, at16: from, old: fix.old, new: fix.new, note: "" }))
    const { from } = found[0]
    view.dispatch({
      effects: [addGroup.of({ id, action: "check", label, from: 0, to: view.state.doc.length, phase: "ready" }), setHunks.of({ id, hunks }), EditorView.scrollIntoView(from, { y: "center" })],
      selection: { anchor: from },
    })
    view.focus()
    answer(true)
  }
}

/** Where a place of an earlier text is now: there still, or where its words stand next to it. */
export function standing(doc, { at, length, quote }) {
  if (doc.sliceString(at, Math.min(at + length, at + quote.length)) === quote) return { from: at, to: Math.min(at + length, doc.length) }
  const text = doc.toString()
  const [before, after] = [text.lastIndexOf(quote, at), text.indexOf(quote, at)]
  if (!quote || (before < 0 && after < 0)) return null
  const from = before < 0 || (after >= 0 && after - at < at - before) ? after : before
  return { from, to: Math.min(from + length, doc.length) }
}
