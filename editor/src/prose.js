// How Markdown looks while it is written: a page, not code.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language"
import { markdown, markdownLanguage } from "@codemirror/lang-markdown"
import { Decoration, EditorView, ViewPlugin } from "@codemirror/view"
import { syntaxTree } from "@codemirror/language"
import { tags as t } from "@lezer/highlight"

const looks = HighlightStyle.define([
  { tag: t.heading1, class: "h1" },
  { tag: t.heading2, class: "h2" },
  { tag: t.heading3, class: "h3" },
  { tag: [t.heading4, t.heading5, t.heading6], class: "h4" },
  { tag: t.strong, class: "strong" },
  { tag: t.emphasis, class: "emphasis" },
  { tag: t.strikethrough, class: "struck" },
  { tag: [t.link, t.url], class: "link" },
  { tag: t.monospace, class: "code" },
  { tag: t.quote, class: "quote" },
  { tag: [t.processingInstruction, t.contentSeparator, t.comment], class: "mark" },
])

const LINES = { Blockquote: "line-quote", FencedCode: "line-code", CodeBlock: "line-code", ATXHeading1: "line-h1", ATXHeading2: "line-h2", ATXHeading3: "line-h3" }
const decorations = new Map([...new Set(Object.values(LINES))].map((name) => [name, Decoration.line({ class: name })]))

/** Lines of quotes, code and headings look as such over their whole width; only those in view are drawn. */
const lines = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.decorations = this.drawn(view)
    }
    update(update) {
      const parsed = syntaxTree(update.startState) !== syntaxTree(update.state)
      if (update.docChanged || update.viewportChanged || parsed) this.decorations = this.drawn(update.view)
    }
    drawn(view) {
      const found = []
      for (const { from, to } of view.visibleRanges) {
        syntaxTree(view.state).iterate({ from, to, enter: (node) => this.enter(view, node, from, to, found) })
      }
      return Decoration.set(found, true)
    }
    enter(view, node, from, to, found) {
      const name = LINES[node.name]
      if (!name) return
      const { doc } = view.state
      const last = doc.lineAt(Math.min(node.to, to)).number
      for (let n = doc.lineAt(Math.max(node.from, from)).number; n <= last; n++) {
        found.push(decorations.get(name).range(doc.line(n).from))
      }
    }
  },
  { decorations: (plugin) => plugin.decorations },
)

/** Marks of emphasis are shown on the line of the cursor only, those of headings as well: the text reads as it will. */
const quietMarks = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.decorations = this.drawn(view)
    }
    update(update) {
      const parsed = syntaxTree(update.startState) !== syntaxTree(update.state)
      if (update.docChanged || update.viewportChanged || update.selectionSet || update.focusChanged || parsed) this.decorations = this.drawn(update.view)
    }
    drawn(view) {
      const { state } = view
      const here = new Set(view.hasFocus ? state.selection.ranges.map((range) => state.doc.lineAt(range.head).number) : [])
      const found = []
      const enter = (node) => {
        if (!QUIET.has(node.name)) return
        const line = state.doc.lineAt(node.from)
        if (here.has(line.number)) return
        const to = node.name === "HeaderMark" && state.sliceDoc(node.to, node.to + 1) === " " ? node.to + 1 : node.to
        if (to <= line.to && to > node.from) found.push(hidden.range(node.from, to))
      }
      for (const { from, to } of view.visibleRanges) syntaxTree(state).iterate({ from, to, enter })
      return Decoration.set(found, true)
    }
  },
  { decorations: (plugin) => plugin.decorations },
)
const QUIET = new Set(["HeaderMark", "EmphasisMark", "StrikethroughMark"])
const hidden = Decoration.replace({})

export function prose() {
  return [markdown({ base: markdownLanguage, completeHTMLTags: false }), syntaxHighlighting(looks), lines, quietMarks, EditorView.lineWrapping]
}
