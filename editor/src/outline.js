// The headings beside the text: where one is, and a way to get elsewhere.
import { EditorView } from "@codemirror/view"
import { el } from "./dom.js"
import { headings, plain } from "./headings.js"

const NAMES = { introduction: "Introduction", conclusion: "Conclusion" }

export class Outline {
  constructor(root, { view, chosen }) {
    Object.assign(this, { root, view, chosen, looks: "" })
  }

  draw() {
    const { doc, selection } = this.view().state
    this.found = headings(doc)
    if (doc.line(1).text && this.found[0]?.from !== 0) this.found.unshift({ level: 2, text: "", role: "introduction", from: 0 })
    const at = this.found.findLastIndex((heading) => heading.from <= selection.main.head)
    const looks = JSON.stringify([this.found.map(({ level, text, role }) => [level, text, role]), at])
    if (looks === this.looks) return
    this.looks = looks
    const items = this.found.map((heading, n) => this.item(heading, n, n === at))
    this.root.replaceChildren(items.length ? el("ol", {}, ...items) : el("p", {}, "Headings appear here. A line that begins with “## ” is one."))
  }

  item(heading, n, current) {
    const name = NAMES[heading.role] ?? (plain(heading.text) || heading.role || "Untitled section")
    const attributes = { type: "button", "aria-current": current ? "true" : null, onclick: () => this.jump(n) }
    return el("li", { "data-level": heading.level }, el("button", attributes, name))
  }

  jump(n) {
    const view = this.view()
    const line = view.state.doc.lineAt(this.found[n].from)
    view.dispatch({ selection: { anchor: this.found[n].role ? line.from : line.to }, effects: EditorView.scrollIntoView(line.from, { y: "start", yMargin: 24 }) })
    view.focus()
    this.chosen()
  }
}
