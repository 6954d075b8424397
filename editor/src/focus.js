// Focus mode: everything but the paragraph under the cursor steps back.
import { Compartment } from "@codemirror/state"
import { Decoration, ViewPlugin } from "@codemirror/view"

const dim = Decoration.line({ class: "dim" })

const dimmed = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.lines = this.drawn(view)
    }
    update(update) {
      if (update.docChanged || update.selectionSet || update.viewportChanged) this.lines = this.drawn(update.view)
    }
    drawn(view) {
      const { doc, selection } = view.state
      const [first, last] = [doc.lineAt(selection.main.from).number, doc.lineAt(selection.main.to).number]
      const found = []
      for (const { from, to } of view.visibleRanges) {
        for (let line = doc.lineAt(from); ; line = doc.line(line.number + 1)) {
          if (line.number < first || line.number > last) found.push(dim.range(line.from))
          if (line.to >= to || line.number === doc.lines) break
        }
      }
      return Decoration.set(found, true)
    }
  },
  { decorations: (plugin) => plugin.lines },
)

const slot = new Compartment()

export const focusMode = slot.of([])

export function setFocusMode(view, on) {
  view.dispatch({ effects: slot.reconfigure(on ? dimmed : []) })
}
