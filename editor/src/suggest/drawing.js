// Suggestions as decorations: struck words, new words beside them, and small buttons at the hunk in hand.
import { Facet } from "@codemirror/state"
import { Decoration, EditorView, WidgetType } from "@codemirror/view"
import { el, press } from "../dom.js"
import { isOpen, suggestions } from "./ranges.js"

/** {accept(id, numbers), reject(id, numbers), edit(id, n)}: what the buttons do. */
export const deciding = Facet.define({ combine: (values) => values[0] })

class Proposed extends WidgetType {
  constructor(id, hunk, active) {
    super()
    Object.assign(this, { id, hunk, active })
  }
  eq(other) {
    return other.id === this.id && other.hunk.n === this.hunk.n && other.hunk.text === this.hunk.text && other.active === this.active
  }
  toDOM(view) {
    const { id, hunk } = this
    const act = view.state.facet(deciding)
    const node = el("span", { class: this.active ? "hunk active" : "hunk", "data-hunk": `${id}:${hunk.n}` })
    if (hunk.text) node.append(el("ins", {}, hunk.text))
    const label = told(hunk)
    const buttons = el("span", { class: "hunk-buttons", role: "group", "aria-label": label })
    buttons.append(
      press("✓", () => act.accept(id, [hunk.n]), { "aria-label": `Accept: ${label}`, title: "Accept (Ctrl+Enter)" }),
      press("✕", () => act.reject(id, [hunk.n]), { "aria-label": `Reject: ${label}`, title: "Reject (Esc)" }),
    )
    if (hunk.text) buttons.append(press("✎", () => act.edit(id, hunk.n), { "aria-label": `Edit: ${label}`, title: "Edit (Alt+Enter)" }))
    node.append(buttons)
    if (hunk.note) node.append(el("span", { class: "hunk-note" }, hunk.note))
    return node
  }
  ignoreEvent() {
    return true
  }
}

export function told(hunk) {
  const [old, text] = [hunk.old, hunk.text].map((words) => (words.length > 60 ? `${words.slice(0, 60)} …` : words).trim())
  if (!old) return `add “${text}”`
  return text ? `“${old}” becomes “${text}”` : `take out “${old}”`
}

class Preview extends WidgetType {
  constructor(text) {
    super()
    this.text = text
  }
  eq(other) {
    return other.text === this.text
  }
  toDOM() {
    return el("ins", { class: "preview" }, this.text)
  }
  updateDOM(dom) {
    dom.textContent = this.text
    return true
  }
}

export const drawnSuggestions = EditorView.decorations.compute([suggestions], (state) => {
  const { groups, active } = state.field(suggestions)
  const found = []
  for (const group of groups) {
    if (group.phase === "waiting" || group.phase === "streaming") drawPending(group, found)
    for (const hunk of group.hunks.filter(isOpen)) drawHunk(group, hunk, active, found)
  }
  return Decoration.set(found, true)
})

function drawPending(group, found) {
  const whole = group.action === "pass"
  if (group.to > group.from && !whole) found.push(Decoration.mark({ class: group.preview ? "replaced" : "pending" }).range(group.from, group.to))
  if (group.preview) found.push(Decoration.widget({ widget: new Preview(group.preview), side: 1 }).range(group.to))
}

function drawHunk(group, hunk, active, found) {
  const isActive = active?.id === group.id && active.n === hunk.n
  if (hunk.to > hunk.from) found.push(Decoration.mark({ class: isActive ? "removed active" : "removed", tagName: "del" }).range(hunk.from, hunk.to))
  found.push(Decoration.widget({ widget: new Proposed(group.id, hunk, isActive), side: 1 }).range(hunk.to))
}
