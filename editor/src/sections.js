// Marks of sections without a heading, and what a section lacks, shown where it stands.
import { StateEffect, StateField } from "@codemirror/state"
import { Decoration, EditorView, WidgetType } from "@codemirror/view"
import { el } from "./dom.js"
import { headings } from "./headings.js"

export const setSections = StateEffect.define()

class Mark extends WidgetType {
  constructor(role) {
    super()
    this.role = role
  }
  eq(other) {
    return other.role === this.role
  }
  toDOM() {
    return el("div", { class: "section-mark" }, el("span", {}, this.role[0].toUpperCase() + this.role.slice(1)))
  }
}

class Gap extends WidgetType {
  constructor(gap) {
    super()
    this.gap = gap
  }
  eq(other) {
    return JSON.stringify(other.gap) === JSON.stringify(this.gap)
  }
  toDOM() {
    const card = el("div", { class: "gap", role: "note", "aria-label": "What this section lacks" })
    card.append(el("strong", {}, "Your sources do not say enough for this section"))
    if (this.gap.missing.length) card.append(list("Missing", this.gap.missing))
    if (this.gap.suggested_queries.length) card.append(list("Search for", this.gap.suggested_queries))
    card.append(el("p", {}, "Write it yourself below, or add a source and write it again."))
    return card
  }
}

function list(label, items) {
  return el("div", {}, el("span", { class: "gap-label" }, label), el("ul", {}, ...items.map((item) => el("li", {}, item))))
}

/** Drawn anew when headings may have changed; in between the marks move along with the text. */
export const sectionMarks = StateField.define({
  create: (state) => ({ sections: [], drawn: drawn(state, []) }),
  update(value, transaction) {
    let { sections } = value
    for (const effect of transaction.effects) if (effect.is(setSections)) sections = effect.value
    if (sections !== value.sections || touchesHeadings(transaction)) return { sections, drawn: drawn(transaction.state, sections) }
    return transaction.docChanged ? { sections, drawn: value.drawn.map(transaction.changes) } : value
  },
  provide: (field) => [
    EditorView.decorations.from(field, (value) => value.drawn),
    EditorView.atomicRanges.of((view) => view.state.field(field).drawn),
  ],
})

function touchesHeadings(transaction) {
  let touches = false
  transaction.changes.iterChanges((fromA, toA, fromB, toB) => {
    touches ||= begins(transaction.startState.doc, fromA, toA) || begins(transaction.state.doc, fromB, toB)
  })
  return touches
}

function begins(doc, from, to) {
  const last = doc.lineAt(to).number
  for (let n = doc.lineAt(from).number; n <= last; n++) if (/^(#|<!--|`{3}|~{3})/.test(doc.line(n).text.trimStart())) return true
  return false
}

function drawn(state, sections) {
  const gaps = sections.filter((section) => section.gap && section.empty)
  const found = []
  for (const heading of headings(state.doc)) {
    if (heading.role) {
      found.push(Decoration.replace({ widget: new Mark(heading.role), block: true }).range(heading.from, state.doc.line(heading.line).to))
    }
    const gap = gaps.find((section) => (heading.role ? section.role === heading.role : section.heading === heading.text && section.role === "body"))
    if (gap) found.push(Decoration.widget({ widget: new Gap(gap.gap), block: true, side: 1 }).range(state.doc.line(heading.line).to))
  }
  const lead = sections[0]
  if (lead?.gap && lead.empty && lead.role !== "body") found.push(Decoration.widget({ widget: new Gap(lead.gap), block: true, side: -1 }).range(0))
  return Decoration.set(found, true)
}
