// Comments in the text: where they stand is marked, and the panel beside the text asks for places, selections and
// proposals through events of the window ("writer:comments"), as the checks do.
import { StateEffect, StateField } from "@codemirror/state"
import { Decoration, EditorView } from "@codemirror/view"
import { standing } from "./checks.js"

const CONTEXT = 60 // characters on either side, by which a place is found again
const PROPOSAL = { name: "own", label: "Proposal for a comment" }
const setComments = StateEffect.define()

/** Marks move with the text until the panel says anew where they are. */
export const comments = StateField.define({
  create: () => Decoration.none,
  update(marks, { changes, effects }) {
    const moved = marks.map(changes)
    return effects.reduce((now, effect) => (effect.is(setComments) ? effect.value : now), moved)
  },
  provide: (field) => EditorView.decorations.from(field),
})

export class Comments {
  constructor(editor) {
    Object.assign(this, { editor, heard: (event) => this.hear(event.detail) })
  }

  open() {
    addEventListener("writer:comments", this.heard)
    dispatchEvent(new CustomEvent("writer:commenting", { detail: { draft: this.editor.draft } }))
  }

  close() {
    removeEventListener("writer:comments", this.heard)
  }

  hear({ draft, ask, ...more }) {
    if (draft !== this.editor.draft || !this.editor.view) return
    if (ask === "show") this.show(more.places)
    else if (ask === "selection") more.answer(this.selection())
    else if (ask === "propose") this.propose(more)
  }

  show(places) {
    const { view } = this.editor
    const found = places.map(({ id, ...place }) => ({ id, ...standing(view.state.doc, place) })).filter(({ from, to }) => from < to)
    const marks = found.map(({ id, from, to }) => Decoration.mark({ class: "comment", attributes: { "data-comment": id } }).range(from, to))
    view.dispatch({ effects: setComments.of(Decoration.set(marks, true)) })
  }

  selection() {
    const { state } = this.editor.view
    const { from, to } = state.selection.main
    return { quote: state.sliceDoc(from, to), prefix: state.sliceDoc(Math.max(0, from - CONTEXT), from), suffix: state.sliceDoc(to, to + CONTEXT) }
  }

  /** The comment is the instruction; what comes is a suggestion like any other. */
  propose({ place, instruction, answer }) {
    const { view, asking } = this.editor
    const found = standing(view.state.doc, place)
    if (!found) return answer(false)
    view.dispatch({ selection: { anchor: found.from, head: found.to }, effects: EditorView.scrollIntoView(found.from, { y: "center" }) })
    asking.start(PROPOSAL, { instruction })
    answer(true)
  }
}
